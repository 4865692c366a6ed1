import { jobStore, type Store } from '../core/job-store.ts';
import { readProofHash } from '../core/proof.ts';
import { connectionPanel } from './connection.ts';
import { fill, h, svg } from './dom.ts';
import { detachFlow } from './flow.ts';
import { live } from './live.ts';
import { verifyView } from './verify-view.ts';

/** The page: which function at the top, then the detach, or the verification that the address asks for. */
function start(app: Element): void {
  const store = jobStore(tabStorage());
  const connection = connectionPanel();
  const flow = h('div', {}, detachFlow(connection, store));
  const verify = h('div', {});
  const route = (isAsked: boolean) => {
    const link = readProofHash(location.hash);
    flow.hidden = link !== undefined;
    fill(verify, link && verifyView(link, store.load(), { connection, isAsked }));
    verify.querySelector('h2')?.focus();
  };
  addEventListener('hashchange', () => route(true));
  fill(
    app,
    h('header', { class: 'top' }, keyDrawing(), h('h1', {}, 'Detach a key pair'), connection.element),
    h('main', {}, flow, verify),
    h('footer', {}, h('a', { href: '#verify?' }, 'Verify an earlier detach')),
    live,
  );
  // A person who opens a bookmark has no token in the page yet, and looks around first.
  route(false);
}

/** A browser that keeps nothing refuses even to be asked. */
function tabStorage(): Store {
  try {
    return sessionStorage;
  } catch {
    const refuse = () => {
      throw new Error('Nothing is kept here');
    };
    return { getItem: () => null, setItem: refuse, removeItem: () => undefined };
  }
}

function keyDrawing(): SVGElement {
  return svg(
    'svg',
    { class: 'logo', viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    svg('path', { d: 'M8 9.5a3.5 3.5 0 1 1 4.6 3.3V20h-2.2v-2H9v-2h1.4v-3.2A3.5 3.5 0 0 1 8 9.5z' }),
    svg('path', { d: 'M18 4v16', class: 'stroke' }),
  );
}

const app = document.querySelector('#app');
if (app) start(app);
