/** Times as people read them, by the clocks of their own zone. A `ts` is Slack's: seconds with microseconds, a string. */

import { state } from "./state.js";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ENGLISH = "en-US";

/** @param {string} ts @returns {Date} */
export const dateOf = (ts) => new Date(Number(ts) * 1000);

export const clockTime = (date) => format(date, { hour: "numeric", minute: "2-digit" });
export const wholeTime = (date) => `${dayName(date)} at ${format(date, { timeStyle: "medium" })}`;

/** "Today", "Yesterday" or "Monday, November 23rd", as on a day divider. */
export function dayName(date, now = new Date()) {
  const days = daysBetween(date, now);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  const [year, day] = [dayOf(date).slice(0, 4), Number(dayOf(date).slice(8))];
  const [weekday, month] = [format(date, { weekday: "long" }), format(date, { month: "long" })];
  return `${weekday}, ${month} ${ordinal(day)}${dayOf(now).startsWith(year) ? "" : `, ${year}`}`;
}

/** "2026-11-23". */
export const dayOf = (date) => format(date, { year: "numeric", month: "2-digit", day: "2-digit" }, "en-CA");

/** "just now", "3 minutes ago", "2 hours ago", "4 days ago" (slack docs: date formatting). */
export function ago(date, locale = ENGLISH, now = new Date()) {
  const seconds = (now - date) / 1000;
  if (!(seconds >= MINUTE)) return locale === ENGLISH ? "just now" : relative(0, "second", locale);
  const [size, unit] = [[DAY, "day"], [HOUR, "hour"], [MINUTE, "minute"]].find(([span]) => seconds >= span);
  return new Intl.RelativeTimeFormat(locale).format(-Math.floor(seconds / size), unit);
}

/** Seconds as "42s", "3m 05s" or "1h 04m". */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE) return `${whole}s`;
  const pad = (number) => String(number).padStart(2, "0");
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)}m ${pad(whole % MINUTE)}s`;
  return `${Math.floor(whole / HOUR)}h ${pad(Math.floor((whole % HOUR) / MINUTE))}m`;
}

const TOKENS = {
  date_num: (date, locale) => format(date, { year: "numeric", month: "2-digit", day: "2-digit" }, locale),
  date: (date, locale) => format(date, { year: "numeric", month: "long", day: "numeric" }, locale),
  date_short: (date, locale) => format(date, { year: "numeric", month: "short", day: "numeric" }, locale),
  date_long: (date, locale) =>
    format(date, { weekday: "long", year: "numeric", month: "long", day: "numeric" }, locale),
  date_pretty: (date, locale) => pretty(date, "date", locale),
  date_short_pretty: (date, locale) => pretty(date, "date_short", locale),
  date_long_pretty: (date, locale) => pretty(date, "date_long", locale),
  day_divider_pretty: (date) => dayName(date),
  time: (date, locale) => format(date, { hour: "numeric", minute: "2-digit" }, locale),
  time_secs: (date, locale) => format(date, { hour: "numeric", minute: "2-digit", second: "2-digit" }, locale),
  ago,
};

/** A moment in the words of `<!date^…>` and rich_text dates, in the reader's language (slack docs: date formatting). */
export function written(date, pattern, locale = ENGLISH) {
  const said = locale.startsWith("en") ? ENGLISH : locale;
  return pattern.replace(/\{(\w+)\}/g, (whole, token) => TOKENS[token]?.(date, said) ?? whole);
}

function pretty(date, token, locale) {
  const days = daysBetween(date, new Date());
  return Math.abs(days) <= 1 ? relative(-days, "day", locale) : TOKENS[token](date, locale);
}

const relative = (amount, unit, locale) =>
  new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(amount, unit);

function daysBetween(date, now) {
  return (Date.parse(dayOf(now)) - Date.parse(dayOf(date))) / (DAY * 1000);
}

function ordinal(number) {
  if (number > 10 && number < 14) return `${number}th`;
  return `${number}${{ 1: "st", 2: "nd", 3: "rd" }[number % 10] ?? "th"}`;
}

function format(date, options, locale = ENGLISH) {
  if (Number.isNaN(date.getTime())) return "";
  return new Intl.DateTimeFormat(locale, { timeZone: state.me?.zone, ...options }).format(date);
}
