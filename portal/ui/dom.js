/** An element: `h('button', { type: 'button', onclick: go }, 'Go on')`. Text stays text, whatever is in it. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  dress(element, attributes, children);
  return element;
}
/** The same for SVG. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  dress(element, attributes, children);
  return element;
}
function dress(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice('on'.length), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
  fill(element, ...children);
}
/** Puts these in the place of whatever the element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flatMap((child) => (child === false || child === undefined ? [] : [child])));
}
let ids = 0;
/** For what points at another element: labels, hints, headings. */
export function newId(prefix) {
  ids++;
  return `${prefix}-${ids}`;
}
export function button(text, onclick, attributes = {}) {
  return h('button', { type: 'button', class: 'button', onclick, ...attributes }, text);
}
