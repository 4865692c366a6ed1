import { count } from '../core/pace.ts';
import { h } from './dom.ts';
/** Numbers, each with what it counts. Nothing of it has no colour. */
export function figures(all) {
  return h(
    'dl',
    { class: 'figures' },
    ...all.map(({ number, what, tone = 'plain' }) =>
      h('div', { class: number > 0 ? tone : 'plain' }, h('dt', {}, what), h('dd', {}, count(number))),
    ),
  );
}
