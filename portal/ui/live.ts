import { h } from './dom.ts';

/** Read out by screen readers. */
export const live = h('div', { class: 'unseen', role: 'status', 'aria-live': 'polite' });

export function announce(text: string): void {
  live.textContent = text;
}
