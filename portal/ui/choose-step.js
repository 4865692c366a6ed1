import { counted } from '../core/pace.ts';
import { button, h, newId } from './dom.ts';
import { choice as labelledChoice } from './field.ts';
import { idsInput } from './ids-input.ts';
import { tagsInput } from './tags-input.ts';
import { targetInputs } from './target-inputs.ts';
/** Which key pair, and off which instances. */
export function chooseStep(connection, onChosen) {
  const target = targetInputs();
  const ids = idsInput();
  const tags = tagsInput();
  const name = newId('which');
  const these = h('input', { type: 'radio', name, checked: true });
  const every = h('input', { type: 'radio', name });
  const show = () => {
    ids.element.hidden = !these.checked;
    tags.element.hidden = !every.checked;
  };
  these.addEventListener('change', show);
  every.addEventListener('change', show);
  show();
  const choose = () => {
    if (!connection.check()) return;
    const where = target.read();
    if (!where) return;
    const choice = readChoice();
    if (choice) onChosen({ target: where, choice });
  };
  const readChoice = () => {
    if (every.checked) return { kind: 'filter', tags: tags.read() };
    const read = ids.read();
    return read && { kind: 'ids', ids: read };
  };
  return h(
    'div',
    {},
    target.element,
    h(
      'fieldset',
      {},
      h('legend', {}, 'Instances'),
      h('div', { class: 'choices' }, labelledChoice(these, 'These'), labelledChoice(every, 'Every one that has it')),
      ids.element,
      tags.element,
    ),
    h(
      'div',
      { class: 'actions' },
      button('Dry run', choose, { class: 'button main' }),
      h('p', { class: 'hint' }, 'Changes nothing: it says what would happen.'),
    ),
  );
}
export function describeChoice({ target, choice }) {
  const which =
    choice.kind === 'ids'
      ? counted(choice.ids.length, 'instance')
      : `every instance that has it${choice.tags.map(({ key, value }) => `, ${key}${value && `=${value}`}`).join('')}`;
  return `${target.keyPairName} in ${target.regionId}, ${which}`;
}
