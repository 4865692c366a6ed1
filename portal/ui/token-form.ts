import { h, newId } from './dom.ts';

/** Asks for another token, and goes on with it. */
export function tokenForm(
  goOn: string,
  onToken: (token: string) => void,
  ...others: readonly HTMLElement[]
): HTMLElement {
  const input = h('input', { type: 'password', autocomplete: 'off', spellcheck: 'false', id: newId('token') });
  return h(
    'form',
    {
      class: 'token',
      onsubmit: (event) => {
        event.preventDefault();
        onToken(input.value);
      },
    },
    h('div', { class: 'field' }, h('label', { for: input.id }, 'Bearer token'), input),
    h('button', { type: 'submit', class: 'button main' }, goOn),
    ...others,
  );
}
