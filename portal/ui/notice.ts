import type { Refusal, Silence } from '../core/reply.ts';
import { type Child, h } from './dom.ts';

/** Something to read before going on. */
export function notice(kind: 'warn' | 'bad' | 'plain', title: string, ...children: readonly Child[]): HTMLElement {
  return h(
    'div',
    { class: `notice ${kind}`, role: kind === 'bad' ? 'alert' : 'note' },
    h('h3', {}, title),
    ...children,
  );
}

/** The service that refused, in its own words. */
export function refusalNotice(reply: Refusal | Silence, ...children: readonly Child[]): HTMLElement {
  if (reply.kind === 'silence') return silenceNotice(reply, children);
  const { status, code, message, requestId } = reply;
  return notice(
    'bad',
    code === '' ? `HTTP ${status}` : `${status} ${code}`,
    h('p', {}, message),
    requestId !== '' && h('p', { class: 'request-id' }, 'RequestId ', h('code', {}, requestId)),
    ...children,
  );
}

function silenceNotice({ message, url }: Silence, children: readonly Child[]): HTMLElement {
  const isElsewhere = new URL(url).origin !== location.origin;
  return notice(
    'bad',
    'No answer came',
    h('p', {}, `The browser says “${message}”.`),
    isElsewhere && h('p', {}, ELSEWHERE),
    ...children,
  );
}

const ELSEWHERE =
  'The function is not where this page is. It must let the page read its answers (CORS_ALLOWED_ORIGINS). And a page that a function served calls that function alone: for another one, save the page and open the file.';
