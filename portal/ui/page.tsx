import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { Screen } from '../core/flow.ts';
import { allTargets, type Job } from '../core/job.ts';
import { namesOf } from '../core/proof.ts';
import { rowsOf } from '../core/rows.ts';
import { LANGUAGES, type Language } from '../text/languages.ts';
import type { Text } from '../text/text.ts';
import { useApp } from './app-context.ts';
import { ChooseStep } from './choose-step.tsx';
import { LookStep } from './look-step.tsx';
import { Button, Field } from './parts.tsx';
import { RestartsStep } from './restarts-step.tsx';
import { ResultStep } from './result-step.tsx';
import { RunStep } from './run-step.tsx';
import { VerifyView } from './verify-view.tsx';

/** Which function at the top, then the detach, or the verification that the address asks for. */
export function Page(): VNode {
  const { state, text, language, speak } = useApp();
  return (
    <>
      <header class="top">
        <Logo />
        <h1>{text.title}</h1>
        <Connection />
        <div class="languages" role="group" aria-label={text.language}>
          {(Object.keys(LANGUAGES) as Language[]).map((one) => (
            <button key={one} type="button" lang={one} aria-pressed={one === language} onClick={() => speak(one)}>
              {LANGUAGES[one]}
            </button>
          ))}
        </div>
      </header>
      <main>{state.screen.kind === 'verifying' ? <VerifyView /> : <Flow />}</main>
      <footer>
        <a href="#verify?">{text.verifyEarlier}</a>
      </footer>
    </>
  );
}

const ORDER: readonly Screen['kind'][] = ['choosing', 'looking', 'restarts', 'running', 'result'];

/** The detach in the order of its decisions: which instances → what would happen → how → do it → what has happened. */
function Flow(): VNode {
  const { state, text, dispatch } = useApp();
  const { screen } = state;
  const at = ORDER.indexOf(screen.kind);
  const summaries = summariesOf(screen, text);
  const canChange = screen.kind === 'looking' || screen.kind === 'restarts';
  const steps: { title: string; body: VNode; change?: () => void }[] = [
    { title: text.steps.choose, body: <ChooseStep />, change: () => dispatch({ type: 'back', to: 'choosing' }) },
    {
      title: text.steps.look,
      body: <LookStep />,
      ...(screen.kind === 'restarts' && screen.looked && { change: () => dispatch({ type: 'back', to: 'looking' }) }),
    },
    { title: text.steps.restarts, body: <RestartsStep /> },
    { title: text.steps.run, body: <RunStep /> },
    { title: text.steps.result, body: <ResultStep /> },
  ];
  return (
    <ol class="steps">
      {steps.map(({ title, body, change }, k) => (
        <Step
          key={title}
          number={k + 1}
          title={title}
          state={k === at ? 'open' : k < at ? 'done' : 'later'}
          summary={k < at ? summaries[k] : undefined}
          change={canChange && k < at ? change : undefined}
        >
          {k === at && body}
        </Step>
      ))}
    </ol>
  );
}

function summariesOf(screen: Screen, text: Text): readonly (string | undefined)[] {
  if (screen.kind === 'looking') return [text.choice(screen.chosen)];
  if (screen.kind === 'restarts') return [text.choice(screen.chosen), text.chosen(screen.items.length)];
  if (screen.kind !== 'running' && screen.kind !== 'result') return [];
  const { job } = screen;
  return [placesOf(job, text), text.chosen(rowsOf(job).length), text.plan(job.restarts)];
}

/** Which key pairs in which regions of which accounts. */
function placesOf(job: Job, text: Text): string {
  return text.places(namesOf(allTargets(job)));
}

type StepProps = {
  readonly number: number;
  readonly title: string;
  readonly state: 'open' | 'done' | 'later';
  readonly summary: string | undefined;
  readonly change: (() => void) | undefined;
  readonly children: ComponentChildren;
};

/** One step of a decision: what was decided, what is open, or what will come. */
function Step({ number, title, state, summary, change, children }: StepProps): VNode {
  const { text } = useApp();
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const was = useRef(state);
  useEffect(() => {
    if (state === 'open' && was.current !== 'open') {
      heading.current?.focus({ preventScroll: true });
      heading.current?.closest('li')?.scrollIntoView({ block: 'nearest' });
    }
    was.current = state;
  }, [state]);
  return (
    <li class="step" data-state={state} aria-current={state === 'open' ? 'step' : undefined}>
      <div class="step-head">
        <span class="badge" aria-hidden="true">
          {number}
        </span>
        <h2 ref={heading} id={id} tabIndex={-1}>
          {title}
        </h2>
        {summary && <p class="summary">{summary}</p>}
        {change && (
          <div class="step-tools">
            <Button kind="quiet" label={text.changeOf(title)} onClick={change}>
              {text.change}
            </Button>
          </div>
        )}
      </div>
      {state === 'open' && (
        <div class="step-body" role="group" aria-labelledby={id}>
          {children}
        </div>
      )}
    </li>
  );
}

/** Which function is called, and with which token. The token is in the state of this page and nowhere else. */
function Connection(): VNode {
  const { state, text, dispatch } = useApp();
  const { url, token, isOpen, isWrong } = state.connection;
  return (
    <details
      class="connection"
      open={isOpen}
      onToggle={({ currentTarget }) =>
        currentTarget.open !== isOpen && dispatch({ type: 'connection', change: { isOpen: currentTarget.open } })
      }
    >
      <summary>
        <span class="unseen">{text.functionIs} </span>
        <span class="address">{url.trim().replace(/^https?:\/\//, '') || text.noFunction}</span>
        <span class="with-token">{token.trim() === '' ? text.noToken : text.withToken}</span>
      </summary>
      <form class="fields" onSubmit={(event) => event.preventDefault()}>
        <Field
          class="wide"
          label={text.address}
          value={url}
          error={isWrong && text.addressWrong}
          takesFocus
          onInput={(value) => dispatch({ type: 'connection', change: { url: value } })}
          more={{ type: 'url' }}
        />
        <Field
          class="wide"
          label={text.token}
          hint={text.tokenHint}
          value={token}
          onInput={(value) => dispatch({ type: 'connection', change: { token: value } })}
          more={{ type: 'password' }}
        />
      </form>
    </details>
  );
}

function Logo(): VNode {
  return (
    <svg class="logo" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M8 9.5a3.5 3.5 0 1 1 4.6 3.3V20h-2.2v-2H9v-2h1.4v-3.2A3.5 3.5 0 0 1 8 9.5z" />
      <path d="M18 4v16" class="stroke" />
    </svg>
  );
}
