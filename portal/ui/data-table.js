import { sorted } from '../core/pick.ts';
import { visibleRows } from '../core/window.ts';
import { fill, h } from './dom.ts';
/** A table that sorts by its headings and holds in the page only the rows that can be seen, however many there are. */
export function dataTable(label, columns) {
  let rows = [];
  let order;
  let shown = [];
  const canvas = h('div', { class: 'canvas', role: 'presentation' });
  const viewport = h('div', { class: 'viewport', role: 'rowgroup', tabindex: 0 }, canvas);
  const headings = columns.map((column) => heading(column, () => sortBy(column)));
  const element = h(
    'div',
    { class: 'table', role: 'table', 'aria-label': label, 'aria-colcount': columns.length },
    h('div', { role: 'rowgroup' }, h('div', { class: 'row head', role: 'row', 'aria-rowindex': 1 }, ...headings)),
    viewport,
  );
  const sortBy = (column) => {
    order = { column, isDescending: order?.column === column && !order.isDescending };
    for (const [index, cell] of headings.entries()) {
      if (columns[index] === column) cell.setAttribute('aria-sort', order.isDescending ? 'descending' : 'ascending');
      else cell.removeAttribute('aria-sort');
    }
    arrange();
  };
  const arrange = () => {
    shown = order ? sorted(rows, order.column.keyOf, order.isDescending) : rows;
    element.setAttribute('aria-rowcount', String(shown.length + 1));
    element.style.setProperty('--rows', String(shown.length));
    viewport.scrollTop = 0;
    draw();
  };
  const draw = () => {
    const rowHeight = Number.parseFloat(getComputedStyle(element).getPropertyValue('--row-height'));
    const { from, to } = visibleRows(
      { scrollTop: viewport.scrollTop, height: viewport.clientHeight, rowHeight },
      shown.length,
    );
    fill(canvas, ...shown.slice(from, to).map((row, k) => bodyRow(row, columns, from + k)));
  };
  let isDue = false;
  viewport.addEventListener('scroll', () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      draw();
    });
  });
  new ResizeObserver(draw).observe(viewport);
  return {
    element,
    show: (next) => {
      rows = next;
      arrange();
    },
  };
}
function heading({ name, title }, onclick) {
  return h('div', { class: `cell ${name}`, role: 'columnheader' }, h('button', { type: 'button', onclick }, title));
}
function bodyRow(row, columns, index) {
  const cells = columns.map(({ name, cell }) => h('div', { class: `cell ${name}`, role: 'cell' }, cell(row)));
  const element = h('div', { class: 'row', role: 'row', 'aria-rowindex': index + 2 }, ...cells);
  element.style.setProperty('--row', String(index));
  return element;
}
