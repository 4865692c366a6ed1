export type Child = Node | string | false | undefined;

type Attribute = string | number | boolean | undefined | ((event: Event) => void);
type Attributes = Readonly<Record<string, Attribute>>;

/** An element: `h('button', { type: 'button', onclick: go }, 'Go on')`. Text stays text, whatever is in it. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  dress(element, attributes, children);
  return element;
}

/** The same for SVG. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  dress(element, attributes, children);
  return element;
}

function dress(element: Element, attributes: Attributes, children: readonly Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice('on'.length), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
  fill(element, ...children);
}

/** Puts these in the place of whatever the element holds. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren(...children.flatMap((child) => (child === false || child === undefined ? [] : [child])));
}

let ids = 0;

/** For what points at another element: labels, hints, headings. */
export function newId(prefix: string): string {
  ids++;
  return `${prefix}-${ids}`;
}

export function button(text: string, onclick: () => void, attributes: Attributes = {}): HTMLButtonElement {
  return h('button', { type: 'button', class: 'button', onclick, ...attributes }, text);
}
