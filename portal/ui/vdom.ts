/**
 * The part of Preact that the page uses, in a tenth of its size: the build puts it in Preact's place, whose types the
 * components are checked by. A change of any state renders the whole page again; only what differs touches the document.
 */

type Props = { readonly [name: string]: unknown; readonly children?: unknown };
type Component = (props: Props) => unknown;
type Element_ = { readonly type: string | Component; readonly props: Props; readonly key: unknown };

/** What stands in the document for one child: nothing, a text, an element, or what a component or a list has become. */
type Instance = {
  child: unknown;
  dom?: Element | Text;
  kids: Instance[];
  readonly slots: Slot[];
};

type Slot = { value?: unknown; dependencies?: readonly unknown[] | undefined; end?: unknown };

let current: Instance | undefined;
let slot = 0;
let ids = 0;
let effects: (() => void)[] = [];
let draw = () => {};
let isDue = false;
let page: Instance | undefined;

/** What JSX becomes. */
export function h(type: string | Component, props: Props | null, ...children: readonly unknown[]): Element_ {
  return { type, props: { ...props, children }, key: props?.['key'] };
}

/** A list of children is one child. */
export function Fragment({ children }: Props): unknown {
  return children;
}

export function createContext(value: unknown) {
  const context = {
    value,
    Provider: (props: Props) => {
      context.value = props['value'];
      return props.children;
    },
  };
  return context;
}

export function useContext(context: { readonly value: unknown }): unknown {
  return context.value;
}

export function render(child: unknown, root: Element): void {
  draw = () => {
    page = patch(page, child, false);
    place(root, [page]);
    const due = effects;
    effects = [];
    for (const effect of due) effect();
  };
  draw();
}

function redraw(): void {
  if (isDue) return;
  isDue = true;
  queueMicrotask(() => {
    isDue = false;
    draw();
  });
}

function nextSlot(): Slot {
  const slots = current?.slots ?? [];
  const known = slots[slot];
  slot++;
  if (known) return known;
  const made: Slot = {};
  slots.push(made);
  return made;
}

function hasChanged({ dependencies }: Slot, next: readonly unknown[] | undefined): boolean {
  return !dependencies || !next || next.some((value, k) => !Object.is(value, dependencies[k]));
}

export function useMemo(make: () => unknown, dependencies: readonly unknown[]): unknown {
  const own = nextSlot();
  if (hasChanged(own, dependencies)) Object.assign(own, { value: make(), dependencies });
  return own.value;
}

export function useState(first: unknown): unknown {
  return useMemo(() => {
    const state = [
      first,
      (given: unknown) => {
        const next = typeof given === 'function' ? given(state[0]) : given;
        if (Object.is(state[0], next)) return;
        state[0] = next;
        redraw();
      },
    ];
    return state;
  }, []);
}

export function useRef(first: unknown): unknown {
  return useMemo(() => ({ current: first }), []);
}

export function useId(): unknown {
  return useMemo(() => `n${ids++}`, []);
}

export function useEffect(effect: () => unknown, dependencies?: readonly unknown[]): void {
  const own = nextSlot();
  if (!hasChanged(own, dependencies)) return;
  own.dependencies = dependencies;
  effects.push(() => {
    if (typeof own.end === 'function') own.end();
    own.end = effect();
  });
}

export const useLayoutEffect = useEffect;

function isElement(child: unknown): child is Element_ {
  return typeof child === 'object' && child !== null && 'type' in child;
}

function keyOf(child: unknown): unknown {
  return isElement(child) ? child.key : undefined;
}

/** The instance for this child: the one before, changed, where that is of the same kind. */
function patch(before: Instance | undefined, child: unknown, isSvg: boolean): Instance {
  const isSame =
    before &&
    (isElement(child)
      ? isElement(before.child) && before.child.type === child.type && before.child.key === child.key
      : !isElement(before.child) && Array.isArray(child) === Array.isArray(before.child));
  if (before && !isSame) remove(before);
  const own: Instance = isSame ? before : { child: undefined, kids: [], slots: [] };
  const old = own.child;
  own.child = child;
  if (!isElement(child)) {
    if (Array.isArray(child)) patchKids(own, child, isSvg);
    else patchText(own, child);
    return own;
  }
  const { type, props } = child;
  if (typeof type === 'string') {
    const inSvg = isSvg || type === 'svg';
    const dom =
      own.dom instanceof Element
        ? own.dom
        : inSvg
          ? document.createElementNS('http://www.w3.org/2000/svg', type)
          : document.createElement(type);
    own.dom = dom;
    patchKids(own, Array.isArray(props.children) ? props.children : [props.children], inSvg);
    place(dom, own.kids);
    // After what is in it: a select takes no value that it has no option for.
    dress(dom, isElement(old) ? old.props : {}, props);
    return own;
  }
  const [outer, outerSlot] = [current, slot];
  [current, slot] = [own, 0];
  const content = type(props);
  [current, slot] = [outer, outerSlot];
  patchKids(own, [content], isSvg);
  return own;
}

function patchText(own: Instance, child: unknown): void {
  const isEmpty = child === undefined || child === null || typeof child === 'boolean' || child === '';
  if (isEmpty) {
    own.dom?.remove();
    delete own.dom;
  } else if (own.dom instanceof Text) {
    if (own.dom.data !== String(child)) own.dom.data = String(child);
  } else own.dom = document.createTextNode(String(child));
}

function patchKids(own: Instance, children: readonly unknown[], isSvg: boolean): void {
  const keyed = new Map(
    own.kids.flatMap((kid) => (keyOf(kid.child) === undefined ? [] : [[keyOf(kid.child), kid] as const])),
  );
  const used = new Set<Instance>();
  const kids = children.map((child, k) => {
    const key = keyOf(child);
    const before = key === undefined ? own.kids[k] : keyed.get(key);
    const isFree = before && !used.has(before) && (key !== undefined || keyOf(before.child) === undefined);
    if (isFree) used.add(before);
    return patch(isFree ? before : undefined, child, isSvg);
  });
  for (const kid of own.kids) if (!used.has(kid)) remove(kid);
  own.kids = kids;
}

function remove(instance: Instance): void {
  for (const { end } of instance.slots) if (typeof end === 'function') end();
  for (const kid of instance.kids) remove(kid);
  instance.dom?.remove();
}

function place(parent: Element, instances: readonly Instance[]): void {
  let next = parent.firstChild;
  const each = ({ dom, kids }: Instance) => {
    if (!dom) kids.forEach(each);
    else if (dom === next) next = dom.nextSibling;
    else parent.insertBefore(dom, next);
  };
  instances.forEach(each);
}

function dress(dom: Element, before: Props, props: Props): void {
  for (const name of new Set([...Object.keys(before), ...Object.keys(props)])) {
    const value = props[name];
    if (name === 'value' || name === 'checked') {
      if (Reflect.get(dom, name) !== (value ?? '')) Reflect.set(dom, name, value ?? '');
    } else if (name !== 'children' && value !== before[name]) dressOne(dom, name, value);
  }
}

function dressOne(dom: Element, name: string, value: unknown): void {
  if (name === 'ref') {
    if (typeof value === 'function') value(dom);
    else if (typeof value === 'object' && value) Reflect.set(value, 'current', dom);
  } else if (name === 'style' && (dom instanceof HTMLElement || dom instanceof SVGElement)) {
    for (const [property, one] of Object.entries(value ?? {})) dom.style.setProperty(property, String(one));
  } else if (name.startsWith('on')) Reflect.set(dom, name.toLowerCase(), value ?? null);
  else if (value === undefined || value === null || (value === false && !/^aria|^spell/.test(name)))
    dom.removeAttribute(name);
  else dom.setAttribute(name, value === true && !name.startsWith('aria') ? '' : String(value));
}
