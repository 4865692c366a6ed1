import { MAX_TAGS, type Tag } from '../core/target.ts';
import { button, h, newId } from './dom.ts';

/** Tags that an instance must have all of. */
export function tagsInput(): { readonly element: HTMLElement; readonly read: () => readonly Tag[] } {
  const rows = h('ul', { class: 'tags' });
  const readers = new Map<HTMLElement, () => Tag>();

  const add = button('Add a tag', () => addRow().focus(), { class: 'button quiet' });
  const show = () => {
    add.disabled = rows.children.length >= MAX_TAGS;
  };
  const addRow = (): HTMLInputElement => {
    const key = textInput();
    const value = textInput('any');
    const row = h(
      'li',
      {},
      labelled('Tag', key),
      labelled('Value', value),
      button(
        'Remove',
        () => {
          readers.delete(row);
          row.remove();
          show();
          add.focus();
        },
        { class: 'button quiet' },
      ),
    );
    readers.set(row, () => ({ key: key.value.trim(), value: value.value.trim() }));
    rows.append(row);
    show();
    return key;
  };
  return {
    element: h(
      'div',
      {},
      h(
        'p',
        { class: 'hint' },
        'Every instance of the region that has this key pair; with tags, only those that have all of them.',
      ),
      rows,
      add,
    ),
    read: () => [...readers.values()].map((read) => read()).filter(({ key }) => key !== ''),
  };
}

function textInput(placeholder = ''): HTMLInputElement {
  return h('input', {
    type: 'text',
    maxlength: 128,
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder,
    id: newId('tag'),
  });
}

function labelled(label: string, input: HTMLInputElement): HTMLElement {
  return h('div', { class: 'field' }, h('label', { for: input.id }, label), input);
}
