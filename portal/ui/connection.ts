import { ask, type Connection } from '../core/ask.ts';
import type { Reply } from '../core/reply.ts';
import { fill, h } from './dom.ts';
import { field } from './field.ts';

export type ConnectionPanel = {
  readonly element: HTMLElement;
  readonly url: () => string;
  /** `url`: another one than is said here. */
  readonly ask: (fields: object, url?: string) => Promise<Reply>;
  readonly useUrl: (url: string) => void;
  readonly useToken: (token: string) => void;
  /** Whether there is an address to call; says so and goes there when there is none. */
  readonly check: () => boolean;
};

/** Which function is called, and with which token. The token is in this object and nowhere else. */
export function connectionPanel(): ConnectionPanel {
  const url = h('input', { type: 'url', autocomplete: 'off', spellcheck: 'false', value: ownFunction() });
  const token = h('input', { type: 'password', autocomplete: 'off', spellcheck: 'false' });
  const urlField = field('Address of the function', url, { class: 'wide' });
  const tokenField = field('Bearer token', token, {
    hint: 'If the trigger or the domain asks for one. It stays in the memory of this page: a reload forgets it.',
    class: 'wide',
  });
  const address = h('span', { class: 'address' });
  const withToken = h('span', { class: 'with-token' });
  const element = h(
    'details',
    { class: 'connection', open: url.value === '' },
    h('summary', {}, h('span', { class: 'unseen' }, 'Function '), address, withToken),
    h('form', { class: 'fields', onsubmit: (event) => event.preventDefault() }, urlField.element, tokenField.element),
  );

  const connection = (): Connection => ({ url: url.value.trim(), token: token.value.trim() });
  const show = () => {
    fill(address, url.value.trim().replace(/^https?:\/\//, '') || 'No function yet');
    fill(withToken, token.value.trim() === '' ? 'no token' : 'with a token');
    if (isCallable(url.value.trim())) urlField.complain(undefined);
  };
  url.addEventListener('input', show);
  token.addEventListener('input', show);
  show();

  const use = (input: HTMLInputElement) => (value: string) => {
    input.value = value;
    show();
  };
  return {
    element,
    url: () => connection().url,
    ask: (fields, at = connection().url) => ask(fields, { url: at, token: connection().token }),
    useUrl: use(url),
    useToken: use(token),
    check: () => {
      if (isCallable(connection().url)) return true;
      urlField.complain('https://… as the trigger or the custom domain has it.');
      element.open = true;
      url.focus();
      return false;
    },
  };
}

/** Where a served page came from, or what the host of this copy has written into it. */
function ownFunction(): string {
  const written = document.querySelector<HTMLMetaElement>('meta[name=function-url]')?.content.trim();
  if (written) return written;
  return location.protocol.startsWith('http') ? location.origin + location.pathname : '';
}

/** A token must not cross a network in clear text. */
function isCallable(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(hostname));
}
