import { button, fill, h, newId } from './dom.ts';
export function createStep(number, title) {
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
  const state = (name) => {
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
