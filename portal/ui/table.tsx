import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Tone } from '../core/labels.ts';
import { byCode, type Listed, picked, sorted } from '../core/pick.ts';
import { visibleRows } from '../core/window.ts';
import { useApp } from './app-context.ts';
import { Mark } from './parts.tsx';

export type Column<Row> = {
  readonly name: string;
  readonly title: string;
  readonly keyOf: (row: Row) => string | number;
  readonly cell: (row: Row) => ComponentChildren;
};

type TableProps<Row> = {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
};

/** A table that sorts by its headings and holds in the page only the rows that can be seen, however many there are. */
function DataTable<Row>({ label, columns, rows }: TableProps<Row>): VNode {
  const [order, setOrder] = useState<{ readonly name: string; readonly isDescending: boolean }>();
  const viewport = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ scrollTop: 0, height: 400, rowHeight: 52 });
  const column = columns.find(({ name }) => name === order?.name);
  const shown = useMemo(
    () => (column ? sorted(rows, column.keyOf, order?.isDescending ?? false) : rows),
    [rows, order],
  );
  const measure = () => {
    const element = viewport.current;
    if (!element) return;
    const rowHeight = Number.parseFloat(getComputedStyle(element).getPropertyValue('--row-height')) || 52;
    const next = { scrollTop: element.scrollTop, height: element.clientHeight, rowHeight };
    setView((before) => (same(before, next) ? before : next));
  };
  useEffect(() => {
    if (!viewport.current) return;
    const observer = new ResizeObserver(measure);
    observer.observe(viewport.current);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    viewport.current?.scrollTo(0, 0);
    measure();
  }, [order, rows.length]);
  const { from, to } = visibleRows(view, shown.length);
  return (
    <div
      class="table"
      role="table"
      aria-label={label}
      aria-colcount={columns.length}
      aria-rowcount={shown.length + 1}
      style={{ '--rows': String(shown.length) }}
    >
      <div role="rowgroup">
        <div class="row head" role="row" aria-rowindex={1}>
          {columns.map(({ name, title }) => (
            <div
              key={name}
              class={`cell ${name}`}
              role="columnheader"
              aria-sort={order?.name === name ? (order.isDescending ? 'descending' : 'ascending') : undefined}
            >
              <button
                type="button"
                onClick={() => setOrder({ name, isDescending: order?.name === name && !order.isDescending })}
              >
                {title}
              </button>
            </div>
          ))}
        </div>
      </div>
      <div ref={viewport} class="viewport" role="rowgroup" tabIndex={0} onScroll={measure}>
        <div class="canvas" role="presentation">
          {shown.slice(from, to).map((row, k) => (
            <div
              key={from + k}
              class="row"
              role="row"
              aria-rowindex={from + k + 2}
              style={{ '--row': String(from + k) }}
            >
              {columns.map(({ name, cell }) => (
                <div key={name} class={`cell ${name}`} role="cell">
                  {cell(row)}
                </div>
              ))}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

type View = { readonly scrollTop: number; readonly height: number; readonly rowHeight: number };

function same(one: View, other: View): boolean {
  return one.scrollTop === other.scrollTop && one.height === other.height && one.rowHeight === other.rowHeight;
}

type ListProps<Row> = {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly toneOf: (row: Row) => Tone;
  readonly outcomeOf: (row: Row) => string;
  /** What the code is called where rows are chosen by it. */
  readonly nameOf: (code: string, rows: readonly Row[]) => string;
  /** Whether what is bad says its code, where the outcome does not. */
  readonly hasCodes?: boolean;
  /** Between the outcome and the message. */
  readonly more?: readonly Column<Row>[];
};

/** What needs attention comes first. */
const RANKS: Readonly<Record<Tone, number>> = { bad: 0, wait: 1, plain: 2, good: 3 };

/** Instances to look through: by text, by code, sorted by any column. */
export function InstanceList<Row extends Listed>({
  label,
  rows: all,
  toneOf,
  outcomeOf,
  nameOf,
  hasCodes,
  more = [],
}: ListProps<Row>): VNode {
  const { text, state } = useApp();
  const { known } = state;
  const [search, setSearch] = useState('');
  const [code, setCode] = useState<string>();
  const id = useId();
  /** What tells a person which instance it is: state, address and zone; then its agent, tags, and the key pair that it has instead. */
  const aboutOf = (instance: string) => {
    const { status, privateIp, publicIp, zoneId, regionId, bound, agent, tags = [] } = known.get(instance) ?? {};
    return [
      [status, privateIp, publicIp, zoneId ?? regionId].filter(Boolean),
      [
        bound && text.hasInstead(bound),
        agent && text.agent(agent),
        ...tags.map(({ key, value }) => (value === '' ? key : `${key}=${value}`)),
      ].filter(Boolean),
    ];
  };
  const rows = useMemo(() => sorted(all, (row) => RANKS[toneOf(row)], false), [all]);
  const groups = useMemo(() => byCode(rows), [rows]);
  const words = ({ id: instance }: Row) => [known.get(instance)?.name, ...aboutOf(instance).flat()].join(' ');
  const some = useMemo(() => picked(rows, search, code, words), [rows, search, code, known]);
  const messageOf = ({ code: own, message }: Row) => text.messages[own] ?? message;
  const columns: Column<Row>[] = [
    {
      name: 'id',
      title: text.instance,
      keyOf: ({ id: instance }) => instance,
      cell: ({ id: instance }) => (
        <>
          <span class="called">{known.get(instance)?.name}</span>
          <span class="mono">{instance}</span>
        </>
      ),
    },
    {
      name: 'where',
      title: text.whereAndWhat,
      keyOf: (row) => words(row),
      cell: ({ id: instance }) => {
        const [first, second] = aboutOf(instance).map((list) => list.join(' · '));
        return <span title={`${first}\n${second}`}>{[first, second && <br />, second]}</span>;
      },
    },
    {
      name: 'outcome',
      title: text.outcome,
      keyOf: outcomeOf,
      cell: (row) => (
        <>
          <Mark tone={toneOf(row)}>{outcomeOf(row)}</Mark>{' '}
          {hasCodes && toneOf(row) === 'bad' && <span class="mono">{row.code}</span>}
        </>
      ),
    },
    ...more,
    {
      name: 'message',
      title: text.message,
      keyOf: messageOf,
      cell: (row) => <span title={messageOf(row)}>{messageOf(row)}</span>,
    },
  ];
  const chips = [
    { code: undefined, name: text.all, count: rows.length },
    ...groups.map((group) => ({ code: group.code, name: nameOf(group.code, rows), count: group.count })),
  ];
  const group = groups.find((one) => one.code === code);
  return (
    <div class="list">
      <div class="list-tools">
        <fieldset class="chips" aria-label={text.show}>
          {chips.map((chip) => (
            <button
              key={chip.code ?? ''}
              type="button"
              class="chip"
              aria-pressed={chip.code === code}
              onClick={() => setCode(chip.code)}
            >
              {chip.name}
              <span class="number">{text.format.count(chip.count)}</span>
            </button>
          ))}
        </fieldset>
        <div class="search">
          <label class="unseen" for={id}>
            {text.lookFor}
          </label>
          <input
            id={id}
            type="search"
            placeholder={text.lookForWhat}
            autocomplete="off"
            value={search}
            onInput={({ currentTarget }) => setSearch(currentTarget.value)}
          />
          <p class="found" role="status">
            {some.length < rows.length && text.someOf(some.length, rows.length)}
          </p>
        </div>
      </div>
      <p class="says">{group && (text.messages[group.code] ?? group.message)}</p>
      <DataTable label={label} columns={columns} rows={some} />
    </div>
  );
}
