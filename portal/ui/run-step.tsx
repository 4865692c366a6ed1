import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { sumOf } from '../core/flow.ts';
import { type Job, nextPart } from '../core/job.ts';
import { secondsLeft } from '../core/pace.ts';
import { asksForToken } from '../core/reply.ts';
import { useApp } from './app-context.ts';
import { Bar, Button, Notice, RefusalNotice, TokenForm } from './parts.tsx';
import { StopTasks } from './stop-tasks.tsx';

/** The run: one request after the other, and why it stands when it does. */
export function RunStep(): VNode | null {
  const { state, text, dispatch, commands } = useApp();
  const { screen } = state;
  if (screen.kind !== 'running') return null;
  const { job, run } = screen;
  return (
    <>
      <Progress job={job} since={run.kind === 'goes' ? run.since : undefined} />
      {state.isUnkept && (
        <Notice kind="wait" title={text.doNotReload}>
          <p>{text.notKept}</p>
        </Notice>
      )}
      <div class="run-panel">
        {run.kind === 'goes' ? (
          <div class="actions">
            <Button hasFocus isDisabled={run.isStopping} onClick={() => dispatch({ type: 'stop' })}>
              {run.isStopping ? text.stopping : text.stopAfter}
            </Button>
          </div>
        ) : (
          standing()
        )}
      </div>
    </>
  );

  function standing(): VNode {
    if (run.kind === 'no room') {
      return (
        <Notice kind="bad" title={text.notStarted}>
          <p>{text.notKept}</p>
          <div class="actions">
            <Button onClick={commands.anew}>{text.another}</Button>
          </div>
        </Notice>
      );
    }
    if (run.kind !== 'waits') {
      const { total, done } = sumOf(job);
      const isSent = job.parts[nextPart(job)]?.sent !== undefined;
      const why = run.kind !== 'stopped' && isSent ? text.mayBeDone : text.noRequest;
      return (
        <Notice kind="plain" title={run.kind === 'stopped' ? text.stoppedTitle : text.reloadedTitle}>
          <p>
            {why} {text.left(total - done)}
          </p>
          <StopTasks />
          {goOn()}
        </Notice>
      );
    }
    const reply = run.for;
    if (asksForToken(reply)) {
      return (
        <RefusalNotice reply={reply}>
          <p>{text.waitsForToken}</p>
          <TokenForm goOn={text.goOn} onToken={() => void commands.go()}>
            <Button onClick={() => void commands.end()}>{text.endHere}</Button>
          </TokenForm>
          <StopTasks />
        </RefusalNotice>
      );
    }
    const isDone = !job.parts[nextPart(job)]?.sent;
    const isRefused = reply.kind === 'refusal' && reply.status < 500;
    return (
      <RefusalNotice reply={reply}>
        <p>{isDone ? text.allFailed : isRefused ? text.nothingDone : text.mayBeDone}</p>
        <StopTasks />
        {goOn()}
      </RefusalNotice>
    );
  }

  function goOn(): VNode {
    return (
      <div class="actions">
        <Button kind="main" hasFocus onClick={() => void commands.go()}>
          {text.goOn}
        </Button>
        <Button onClick={() => void commands.end()}>{text.endHere}</Button>
      </div>
    );
  }
}

type Since = { readonly at: number; readonly done: number } | undefined;

/** A bar, and beside it what is done, what failed, how fast, how long it will take. */
function Progress({ job, since }: { readonly job: Job; readonly since: Since }): VNode {
  const { text } = useApp();
  const { count, duration } = text.format;
  const now = useNow(since !== undefined);
  const { total, done, failed } = sumOf(job);
  const left = since && secondsLeft(done - since.done, total - done, now - since.at);
  return (
    <div class="progress">
      <Bar label={text.progress} said={text.doneOf(done, total, failed)} done={done} total={total}>
        <span class="wave" style={{ '--done': String(done / Math.max(1, total)) }}>
          <span />
        </span>
      </Bar>
      <p class="progress-numbers">
        <span>
          <strong>{text.someOf(done, total)}</strong> {text.done}
        </span>
        <span class={failed > 0 ? 'bad' : ''}>
          <strong>{count(failed)}</strong> {text.failed}
        </span>
        {left !== undefined && <span>{text.timeLeft(duration(left))}</span>}
      </p>
    </div>
  );
}

/** The time, anew each second while it is looked at. */
export function useNow(isTicking: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!isTicking) return;
    const ticking = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(ticking);
  }, [isTicking]);
  return now;
}
