import { button, type Child, fill, h, newId } from './dom.ts';

/** One step of a decision: what was decided, what is open, or what will come. */
export type Step = {
  readonly item: HTMLElement;
  /** Shows what there is to do, and goes there. */
  readonly open: (...content: readonly Child[]) => void;
  /** Opens again what was there. */
  readonly reopen: () => void;
  /** Says in a line what was decided; with `change`, it can be decided again. */
  readonly close: (summary: string, change?: () => void) => void;
  /** Its turn has not come. */
  readonly wait: () => void;
};

export function createStep(number: number, title: string): Step {
  const heading = h('h2', { tabindex: -1, id: newId('step') }, title);
  const summary = h('p', { class: 'summary' });
  const tools = h('div', { class: 'step-tools' });
  const body = h('div', { class: 'step-body', role: 'group', 'aria-labelledby': heading.id });
  const item = h(
    'li',
    { class: 'step' },
    h(
      'div',
      { class: 'step-head' },
      h('span', { class: 'badge', 'aria-hidden': 'true' }, String(number)),
      heading,
      summary,
      tools,
    ),
    body,
  );
  const state = (name: 'open' | 'done' | 'later') => {
    item.dataset['state'] = name;
    body.hidden = name !== 'open';
    if (name === 'open') item.setAttribute('aria-current', 'step');
    else item.removeAttribute('aria-current');
    fill(summary);
    fill(tools);
  };
  const go = () => {
    state('open');
    heading.focus({ preventScroll: true });
    item.scrollIntoView({ block: 'nearest' });
  };
  state('later');
  return {
    item,
    open: (...content) => {
      fill(body, ...content);
      go();
    },
    reopen: go,
    close: (text, change) => {
      state('done');
      fill(summary, text);
      fill(tools, change && button('Change', change, { class: 'button quiet', 'aria-label': `Change: ${title}` }));
    },
    wait: () => {
      fill(body);
      state('later');
    },
  };
}
