import { h } from './dom.ts';
import { field } from './field.ts';
import { idsInput } from './ids-input.ts';
import { targetInputs } from './target-inputs.ts';
/** A verification without a link to it: which key pair, off which instances, since when. */
export function proofForm(onProof) {
  const target = targetInputs();
  const ids = idsInput();
  const time = h('input', { type: 'datetime-local', step: 1 });
  const timeField = field('Detached by', time, { hint: 'In your own time zone.' });
  time.addEventListener('input', () => timeField.complain(undefined));
  return h(
    'form',
    {
      class: 'stack',
      onsubmit: (event) => {
        event.preventDefault();
        const where = target.read();
        const since = new Date(time.value).getTime();
        if (!where) return;
        if (Number.isNaN(since)) {
          timeField.complain('Say when.');
          time.focus();
          return;
        }
        const list = ids.read();
        if (list) onProof({ target: where, groups: [{ since, ids: list }] });
      },
    },
    target.element,
    h('div', { class: 'fields narrow' }, timeField.element),
    ids.element,
    h('div', { class: 'actions' }, h('button', { type: 'submit', class: 'button main' }, 'Next')),
  );
}
