/** What a tab remembers over a reload: drafts and typed lines per person (this tab), dismissed hints (this browser). */

const LINES_KEPT = 50;

export const draft = (key) => sessionStorage.getItem(`draft:${key}`) ?? "";

export function keepDraft(key, text) {
  if (text) sessionStorage.setItem(`draft:${key}`, text);
  else sessionStorage.removeItem(`draft:${key}`);
}

/** The lines a person has sent from this tab, oldest first. */
export const lines = (as) => JSON.parse(sessionStorage.getItem(`lines:${as}`) ?? "[]");

export function keepLine(as, line) {
  const kept = [...lines(as).filter((each) => each !== line), line].slice(-LINES_KEPT);
  sessionStorage.setItem(`lines:${as}`, JSON.stringify(kept));
}

export const flag = (name) => localStorage.getItem(name);

export function setFlag(name, value) {
  if (value == null) localStorage.removeItem(name);
  else localStorage.setItem(name, value);
}
