/**
 * Building DOM without ever parsing foreign text: a string becomes a text node, never markup.
 * Nothing in this page uses innerHTML, so a message cannot become a script.
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element with attributes and children.
 * @param {string} tag
 * @param {Record<string, any>} attributes `on…` functions listen, `data` and `aria` are maps, `true` is an empty
 *   attribute; null, undefined and false are left out.
 * @param {...(Node|string|number|null|undefined|false|any[])} children nested lists are flattened
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) give(element, name, value);
  return add(element, children);
}

/** The same for SVG; attributes are plain strings. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return add(element, children);
}

export function add(element, children) {
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return element;
}

export function fill(element, ...children) {
  element.replaceChildren();
  return add(element, children);
}

function give(element, name, value) {
  if (value == null || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "data") each(value, (key, part) => (element.dataset[key] = part));
  else if (name === "aria") each(value, (key, part) => element.setAttribute(`aria-${key}`, part));
  else if (name === "style") each(value, (key, part) => element.style.setProperty(key, part));
  else element.setAttribute(name, value === true ? "" : value);
}

function each(map, act) {
  for (const [key, value] of Object.entries(map)) if (value != null) act(key, value);
}
