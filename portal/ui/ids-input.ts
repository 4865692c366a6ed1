import { type Piece, readInstanceIds, withoutPieces } from '../core/instance-ids.ts';
import { count, counted } from '../core/pace.ts';
import { button, fill, h } from './dom.ts';
import { field } from './field.ts';
import { announce } from './live.ts';

export type IdsInput = {
  readonly element: HTMLElement;
  /** The ids, or nothing while there are none or something else is among them: said, and gone to. */
  readonly read: () => readonly string[] | undefined;
};

/** So many are shown one by one; a table pasted whole has thousands. */
const SHOWN = 24;

/** Instances as they are pasted. What is no instance id stays until it is taken out by hand. */
export function idsInput(): IdsInput {
  const text = h('textarea', { rows: 6, autocomplete: 'off', spellcheck: 'false', autocapitalize: 'off' });
  const { element, complain } = field('Instance ids', text, {
    hint: 'Lines, commas, JSON, a column of a table: whatever separates them.',
    class: 'wide',
  });
  const sum = h('p', { class: 'sum' });
  const strange = h('div', { class: 'strange', role: 'group', 'aria-label': 'To take out', tabindex: -1 });

  const remove = (pieces: readonly Piece[]) => {
    text.value = withoutPieces(text.value, pieces);
    show();
    const left = readInstanceIds(text.value).strange.length;
    announce(
      left === 0 ? 'Nothing but instance ids is left.' : `${counted(left, 'piece')} left that are no instance ids.`,
    );
    (left === 0 ? text : strange).focus();
  };
  const show = () => {
    const reading = readInstanceIds(text.value);
    complain(undefined);
    fill(sum, ...sumOf(reading.ids.length, reading.repeats));
    strange.hidden = reading.strange.length === 0;
    fill(strange, ...strangeOf(reading.strange, remove));
  };
  text.addEventListener('input', show);
  show();

  return {
    element: h('div', { class: 'ids' }, element, sum, strange),
    read: () => {
      const reading = readInstanceIds(text.value);
      if (reading.strange.length > 0) {
        complain('Take out what is no instance id first: nothing is left out by itself.');
        strange.focus();
        return undefined;
      }
      if (reading.ids.length === 0) {
        complain('Paste the ids of the instances.');
        text.focus();
        return undefined;
      }
      return reading.ids;
    },
  };
}

function sumOf(ids: number, repeats: number) {
  if (ids === 0) return ['No instance yet.'];
  return [
    h('strong', {}, counted(ids, 'instance')),
    repeats > 0 && ` · ${count(repeats)} ${repeats === 1 ? 'repeat counts' : 'repeats count'} once`,
  ];
}

function strangeOf(pieces: readonly Piece[], remove: (pieces: readonly Piece[]) => void) {
  const more = pieces.length - SHOWN;
  return [
    h(
      'p',
      {},
      h('strong', {}, `${count(pieces.length)} ${pieces.length === 1 ? 'piece is' : 'pieces are'} no instance id.`),
      ' Correct them in the text, or take them out.',
    ),
    h(
      'ul',
      { class: 'pieces' },
      ...pieces.slice(0, SHOWN).map((piece) =>
        h(
          'li',
          {},
          button(piece.text, () => remove([piece]), { class: 'piece', 'aria-label': `Take out ${piece.text}` }),
        ),
      ),
      more > 0 && h('li', {}, `and ${count(more)} more`),
    ),
    button(pieces.length === 1 ? 'Take it out' : `Take out all ${count(pieces.length)}`, () => remove(pieces), {
      class: 'button quiet',
    }),
  ];
}
