import type { Tone } from '../core/labels.ts';
import { count } from '../core/pace.ts';
import { byCode, type Listed, picked, sorted } from '../core/pick.ts';
import { type Column, dataTable } from './data-table.ts';
import { type Child, fill, h, newId } from './dom.ts';

type Label = { readonly text: string; readonly tone: Tone };

type Options<Row> = {
  readonly label: string;
  readonly labelOf: (row: Row) => Label;
  /** What the code is called where rows are chosen by it. */
  readonly nameOf: (code: string, rows: readonly Row[]) => string;
  /** Between the outcome and the message. */
  readonly more?: readonly Column<Row>[];
};

/** What needs attention comes first. */
const RANKS: Readonly<Record<Tone, number>> = { bad: 0, wait: 1, plain: 2, good: 3 };

/** Instances to look through: by text, by code, sorted by any column. */
export function instanceList<Row extends Listed>(all: readonly Row[], options: Options<Row>): HTMLElement {
  const rows = sorted(all, (row) => RANKS[options.labelOf(row).tone], false);
  let code: string | undefined;
  const search = h('input', {
    type: 'search',
    id: newId('search'),
    placeholder: 'Id, code or message',
    autocomplete: 'off',
  });
  const found = h('p', { class: 'found', role: 'status' });
  const says = h('p', { class: 'says' });
  const table = dataTable(options.label, columnsOf(options));
  const groups = byCode(rows);
  const chips = [
    { code: undefined, name: 'All', count: rows.length },
    ...groups.map((group) => ({ code: group.code, name: options.nameOf(group.code, rows), count: group.count })),
  ].map((chip) => {
    const element = h(
      'button',
      { type: 'button', class: 'chip', onclick: () => pick(chip.code) },
      chip.name,
      h('span', { class: 'number' }, count(chip.count)),
    );
    return { ...chip, element };
  });

  const pick = (next: string | undefined) => {
    code = next;
    show();
  };
  const show = () => {
    const some = picked(rows, search.value, code);
    for (const chip of chips) chip.element.setAttribute('aria-pressed', String(chip.code === code));
    fill(says, code !== undefined && groups.find((group) => group.code === code)?.message);
    fill(found, some.length < rows.length && `${count(some.length)} of ${count(rows.length)}`);
    table.show(some);
  };
  search.addEventListener('input', show);
  const element = h(
    'div',
    { class: 'list' },
    h(
      'div',
      { class: 'list-tools' },
      h('div', { class: 'chips', role: 'group', 'aria-label': 'Show' }, ...chips.map((chip) => chip.element)),
      h('div', { class: 'search' }, h('label', { class: 'unseen', for: search.id }, 'Look for'), search, found),
    ),
    says,
    table.element,
  );
  show();
  return element;
}

function columnsOf<Row extends Listed>({ labelOf, more = [] }: Options<Row>): Column<Row>[] {
  return [
    { name: 'id', title: 'Instance', keyOf: ({ id }) => id, cell: ({ id }) => id },
    { name: 'outcome', title: 'Outcome', keyOf: (row) => labelOf(row).text, cell: (row) => mark(labelOf(row)) },
    ...more,
    { name: 'message', title: 'Message', keyOf: ({ message }) => message, cell: withTitle },
  ];
}

function withTitle({ message }: Listed): Child {
  return h('span', { title: message }, message);
}

export function mark({ text, tone }: Label): HTMLElement {
  return h('span', { class: `mark ${tone}` }, text);
}
