/** Read out by screen readers; outside of what is rendered, so that only a new text is news. */
const live = document.createElement('div');
live.className = 'unseen';
live.setAttribute('role', 'status');
document.body.append(live);

export function announce(text: string): void {
  live.textContent = text;
}
