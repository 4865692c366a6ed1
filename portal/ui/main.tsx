import { render } from 'preact';
import { earlierStore } from '../core/earlier.ts';
import { type Action, initial, reduce } from '../core/flow.ts';
import { jobStore, type Store } from '../core/job-store.ts';
import { type Language, languageOf } from '../text/languages.ts';
import { AppContext } from './app-context.ts';
import { createCommands } from './commands.ts';
import { Page } from './page.tsx';

// The last in the page, behind all code: beside each other the texts of the languages compress best.

import { textOf } from '../text/text.ts';

const LANGUAGE = 'detach-key-pair.language';

/** The page: one state, one reducer, one render. */
function start(root: Element): void {
  const local = storage(() => localStorage);
  const jobs = jobStore(storage(() => sessionStorage));
  const kept = jobs.load();
  let state = initial(ownFunction(), kept);
  let language = languageOf([local.getItem(LANGUAGE) ?? '', ...navigator.languages]);
  let text = textOf(language, navigator.languages);

  const dispatch = (action: Action) => {
    state = reduce(state, action);
    draw();
  };
  const earlier = earlierStore(local);
  const commands = createCommands({ state: () => state, dispatch, text: () => text, jobs, earlier });
  const speak = (next: Language) => {
    language = next;
    text = textOf(next, navigator.languages);
    try {
      local.setItem(LANGUAGE, next);
    } catch {
      // It is asked for again the next time.
    }
    draw();
  };
  const draw = () => {
    document.documentElement.lang = text.locale;
    document.title = titleOf();
    const app = { state, dispatch, commands, text, language, speak };
    render(
      <AppContext.Provider value={app}>
        <Page />
      </AppContext.Provider>,
      root,
    );
  };
  const titleOf = () => {
    const progress = commands.progress();
    if (!progress || progress.unknown === progress.total) return text.title;
    const done = progress.restarted + progress.removed + progress.missing;
    return `${progress.isOver ? (progress.open.length > 0 ? '! ' : '✓ ') : ''}${text.format.count(done)}/${text.format.count(progress.total)} – ${text.title}`;
  };
  addEventListener('click', ({ isTrusted }) => isTrusted && commands.clicked());
  addEventListener('hashchange', () => void commands.route());
  draw();
  void commands.route();
  if (kept && location.hash === '') void commands.follow();
}

/** Where a served page came from, or what the host of this copy has written into it. */
function ownFunction(): string {
  const written = document.querySelector<HTMLMetaElement>('meta[name=function-url]')?.content.trim();
  if (written) return written;
  return location.protocol.startsWith('http') ? location.origin + location.pathname : '';
}

/** A browser that keeps nothing refuses even to be asked. */
function storage(given: () => Store): Store {
  try {
    return given();
  } catch {
    const refuse = () => {
      throw new Error('Nothing is kept here');
    };
    return { getItem: () => null, setItem: refuse, removeItem: () => undefined };
  }
}

const root = document.querySelector('#app');
if (root) start(root);
