import { h } from './dom.ts';

/** Read out to whoever cannot see what has changed. */
export const live = h('div', { class: 'unseen', role: 'status', 'aria-live': 'polite' });

export function announce(text: string): void {
  live.textContent = text;
}
