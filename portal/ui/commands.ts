import { ask as send } from '../core/ask.ts';
import { askAgents, dryRun } from '../core/dry-run.ts';
import type { earlierStore } from '../core/earlier.ts';
import { type Action, type State, sumOf } from '../core/flow.ts';
import { followRound, pauseMs, progressOf } from '../core/follow.ts';
import type { Job } from '../core/job.ts';
import type { jobStore } from '../core/job-store.ts';
import { proofHash, readProofHash } from '../core/link.ts';
import { type Proof, proofOf, proofRequests, summaryOf } from '../core/proof.ts';
import { asksForToken, type Reply } from '../core/reply.ts';
import { LIMITS, type Restarts } from '../core/restarts.ts';
import { runJob } from '../core/run-job.ts';
import type { Text } from '../text/text.ts';
import { announce } from './live.ts';

type Surroundings = {
  readonly state: () => State;
  readonly dispatch: (action: Action) => void;
  readonly text: () => Text;
  readonly jobs: ReturnType<typeof jobStore>;
  readonly earlier: ReturnType<typeof earlierStore>;
};

export type Commands = ReturnType<typeof createCommands>;

/** Requests that a link may cause by itself. */
const MOST_BY_LINK = 100;

/** What the page does besides showing itself: each tells the reducer of what it meets. */
export function createCommands({ state, dispatch, text, jobs, earlier }: Surroundings) {
  const ask = (fields: object, url = state().connection.url): Promise<Reply> =>
    send(fields, { url: url.trim(), token: state().connection.token.trim() });

  function check(): boolean {
    if (isCallable(state().connection.url.trim())) return true;
    dispatch({ type: 'connection', change: { isWrong: true, isOpen: true } });
    return false;
  }

  async function look(): Promise<void> {
    if (!check()) return;
    dispatch({ type: 'look' });
    await lookAgain();
  }

  async function lookAgain(): Promise<void> {
    const { screen } = state();
    if (screen.kind !== 'looking') return;
    const { chosen } = screen;
    const isCurrent = () => {
      const now = state().screen;
      return now.kind === 'looking' && now.chosen === chosen;
    };
    const found = await dryRun(chosen, {
      ask,
      onProgress: (done, total) => {
        if (isCurrent()) dispatch({ type: 'progress', progress: [done, total] });
      },
    });
    if (!isCurrent()) return;
    dispatch({ type: 'looked', found });
    if (found.kind === 'found') {
      announce(text().wouldOf(found.items.filter(({ ok }) => ok).length, found.items.length));
    }
  }

  async function lookForAgents(): Promise<void> {
    const { screen } = state();
    if (screen.kind !== 'restarts') return;
    const { items, chosen } = screen;
    dispatch({ type: 'agents', agents: 'asked' });
    const agents = await askAgents(items, chosen.scope, { ask });
    const now = state().screen;
    if (now.kind === 'restarts' && now.items === items) dispatch({ type: 'agents', agents });
  }

  function keep(job: Job): boolean {
    try {
      jobs.save(job);
      return true;
    } catch {
      return false;
    }
  }

  async function start(restarts: Restarts): Promise<void> {
    dispatch({ type: 'start', id: newJobId(), restarts });
    const { screen } = state();
    if (screen.kind !== 'running') return;
    if (keep(screen.job)) {
      await go();
      return;
    }
    jobs.clear();
    dispatch({ type: 'no room' });
  }

  async function go(): Promise<void> {
    dispatch({ type: 'go', now: Date.now() });
    const { screen } = state();
    if (screen.kind !== 'running') return;
    quiet();
    addEventListener('beforeunload', askBefore);
    const halt = await runJob(screen.job, {
      // Where it began: another function would not know its tokens.
      ask: (fields) => ask(fields, screen.job.url),
      isStopped: () => {
        const now = state().screen;
        return now.kind !== 'running' || (now.run.kind === 'goes' && now.run.isStopping);
      },
      keep: (job) => {
        dispatch({ type: 'job', job, isKept: keep(job) });
        const { total, done, failed } = sumOf(job);
        announce(text().doneOf(done, total, failed));
      },
    });
    removeEventListener('beforeunload', askBefore);
    dispatch({ type: 'halt', halt });
    await settled();
  }

  /** Goes on with the job that the action has made of the result. */
  async function goOnWith(action: Action): Promise<void> {
    dispatch(action);
    const { screen } = state();
    if (screen.kind !== 'running') return;
    keep(screen.job);
    await go();
  }

  async function end(): Promise<void> {
    dispatch({ type: 'end' });
    await settled();
  }

  /** The job has come to a stand: kept as it is, and followed. */
  async function settled(): Promise<void> {
    const { screen } = state();
    if (screen.kind === 'result') {
      keep(screen.job);
      void note(screen.job);
    }
    await follow();
  }

  async function note(job: Job): Promise<void> {
    const proof = proofOf(job);
    if (proof.groups.length === 0) return;
    const hash = await proofHash(proof);
    earlier.add({ id: job.id, ...summaryOf(proof), ...(hash !== undefined && { hash }) });
  }

  let timer: ReturnType<typeof setTimeout> | undefined;

  /** One round now, and the next when it is time, until all is over. */
  async function follow(all = false): Promise<void> {
    quiet();
    const { following } = state();
    if (!following || following.isAsking) return;
    await round(all);
    schedule();
  }

  async function round(all: boolean): Promise<void> {
    const { following } = state();
    if (!following) return;
    const { proof, seen: before } = following;
    dispatch({ type: 'asking' });
    const { seen, failure } = await followRound(proof, before, { ask, all });
    if (state().following?.proof !== proof) return;
    dispatch({ type: 'seen', seen, ...(failure && { failure }) });
    tell(before.at > 0);
  }

  function schedule(): void {
    quiet();
    const { following } = state();
    if (!following || following.isAsking) return;
    const { proof, seen, failure } = following;
    // A token is waited for, and what is over has no news.
    if ((failure && asksForToken(failure)) || progress()?.isOver) return;
    timer = setTimeout(() => void follow(), pauseMs(proof, seen, document.hidden, Date.now()));
  }

  function quiet(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  document.addEventListener('visibilitychange', () => {
    if (timer !== undefined) document.hidden ? schedule() : void follow();
  });

  function progress() {
    const { following, screen } = state();
    const stopped = 'job' in screen ? screen.job.stopped : undefined;
    return following && progressOf(following.proof, following.seen, stopped ?? [], Date.now());
  }

  function tell(wasSeen: boolean): void {
    const now = progress();
    if (!now) return;
    const done = now.restarted + now.removed + now.missing;
    const sentence = text().proven(done, now.total, now.open.length);
    announce(sentence);
    const isNews = now.isOver && wasSeen && 'Notification' in window && Notification.permission === 'granted';
    if (isNews) new Notification(text().title, { body: sentence });
  }

  async function stopTasks(): Promise<void> {
    const ids = progress()?.stoppable ?? [];
    if (ids.length === 0) return;
    dispatch({ type: 'stop tasks' });
    const { screen } = state();
    const url = 'job' in screen ? screen.job.url : undefined;
    const reply = await ask({ StopTasks: ids.slice(0, LIMITS.stopTasks) }, url);
    dispatch({ type: 'tasks stopped', reply });
    const now = state().screen;
    if ('job' in now) keep(now.job);
    void follow();
  }

  /** Another page may change the address again and again: after one that verifies by itself, the next waits for a click. */
  let isLinkFree = true;
  const clicked = () => {
    isLinkFree = true;
  };

  /** A link verifies by itself once, and not without end; a person who asks for it is answered. */
  async function verify(proof: Proof | undefined, isAsked: boolean): Promise<void> {
    quiet();
    dispatch({ type: 'verify', proof });
    if (!proof) return;
    if (isAsked) await follow();
    else if (isLinkFree && proofRequests(proof.groups).length <= MOST_BY_LINK) {
      isLinkFree = false;
      await round(false);
    }
  }

  async function route(): Promise<void> {
    const link = await readProofHash(location.hash);
    if (link) await verify(link.kind === 'proof' ? link.proof : undefined, false);
    else if (state().screen.kind === 'verifying') {
      dispatch({ type: 'leave', kept: jobs.load() });
      void follow();
    }
  }

  function anew(): void {
    quiet();
    jobs.clear();
    dispatch({ type: 'anew' });
  }

  return {
    look,
    lookAgain,
    lookForAgents,
    start,
    go,
    goOnWith,
    end,
    follow,
    stopTasks,
    verify,
    route,
    clicked,
    anew,
    progress,
    earlier: earlier.list,
    forget: earlier.clear,
  };
}

/** A token must not cross a network in clear text. */
function isCallable(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(hostname));
}

function askBefore(event: Event): void {
  event.preventDefault();
}

function newJobId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
