import { fill, h, newId } from './dom.ts';

export type Field = {
  readonly element: HTMLElement;
  /** Says what is wrong with it; nothing for nothing. */
  readonly complain: (text: string | undefined) => void;
};

type Options = { readonly hint?: string; readonly class?: string };

/** An input with its label, a hint, and room for what is wrong with it, all announced to screen readers. */
export function field(
  label: string,
  input: HTMLInputElement | HTMLTextAreaElement,
  { hint, class: name = '' }: Options = {},
): Field {
  const hintId = newId('hint');
  const errorId = newId('error');
  input.id ||= newId('field');
  const error = h('p', { class: 'field-error', id: errorId });
  input.setAttribute('aria-describedby', hint === undefined ? errorId : `${hintId} ${errorId}`);
  return {
    element: h(
      'div',
      { class: `field ${name}` },
      h('label', { for: input.id }, label),
      input,
      hint !== undefined && h('p', { class: 'hint', id: hintId }, hint),
      error,
    ),
    complain: (text) => {
      fill(error, text);
      if (text === undefined) input.removeAttribute('aria-invalid');
      else input.setAttribute('aria-invalid', 'true');
    },
  };
}

/** A radio button or a check box with its label beside it. */
export function choice(input: HTMLInputElement, label: string, hint?: string): HTMLElement {
  input.id ||= newId('choice');
  const hintId = newId('hint');
  if (hint !== undefined) input.setAttribute('aria-describedby', hintId);
  return h(
    'div',
    { class: 'choice' },
    input,
    h(
      'div',
      {},
      h('label', { for: input.id }, label),
      hint !== undefined && h('p', { class: 'hint', id: hintId }, hint),
    ),
  );
}
