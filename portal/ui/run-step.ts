import { type Job, nextPart } from '../core/job.ts';
import { count, counted } from '../core/pace.ts';
import type { Refusal, Silence } from '../core/reply.ts';
import { type Halt, runJob } from '../core/run-job.ts';
import type { ConnectionPanel } from './connection.ts';
import { button, fill, h } from './dom.ts';
import { announce } from './live.ts';
import { notice, refusalNotice } from './notice.ts';
import { createProgress, sumOf } from './progress.ts';
import { tokenForm } from './token-form.ts';

type Running = {
  readonly connection: ConnectionPanel;
  /** Keeps it for a reload; says whether it could. */
  readonly keep: (job: Job) => boolean;
  /** All of it is done, or the person ended it here. */
  readonly onOver: (job: Job) => void;
};

/** The run: one request after the other. `isInterrupted`: the page was loaded again in the middle. */
export function runStep(start: Job, isInterrupted: boolean, { connection, keep, onOver }: Running): HTMLElement {
  let job = start;
  const progress = createProgress();
  const panel = h('div', { class: 'run-panel' });
  const unkept = h('div', {});

  const go = async () => {
    let isStopped = false;
    const since = { at: Date.now(), done: sumOf(job).done };
    const show = () => progress.show(job, since);
    const stop = button('Stop after this request', () => {
      isStopped = true;
      stop.disabled = true;
      fill(stop, 'Stopping after this request…');
      announce('It stops as soon as the request under way is answered.');
    });
    fill(panel, h('div', { class: 'actions' }, stop));
    stop.focus({ preventScroll: true });
    const ticking = setInterval(show, 1_000);
    addEventListener('beforeunload', askBefore);
    const halt = await runJob(job, {
      // Where it began: another function would not know its tokens.
      ask: (fields) => connection.ask(fields, job.url),
      isStopped: () => isStopped,
      keep: (next) => {
        job = next;
        if (!keep(next)) fill(unkept, notKept());
        show();
        const { total, done, failed } = sumOf(next);
        announce(`${count(done)} of ${counted(total, 'instance')} done, ${count(failed)} failed.`);
      },
    });
    clearInterval(ticking);
    removeEventListener('beforeunload', askBefore);
    progress.show(job, undefined);
    if (halt.kind === 'finished') onOver(job);
    else standStill(halted(halt));
  };
  const halted = (halt: Halt): HTMLElement => {
    if (halt.kind !== 'waits') return standing('Stopped', 'Nothing is under way.');
    const reply = halt.for;
    if (reply.kind === 'refusal' && reply.asksForToken) {
      return refusalNotice(
        reply,
        h(
          'p',
          {},
          'The run waits here. What is done stays done; the request that was refused is sent again with the new token.',
        ),
        tokenForm(
          'Go on',
          (token) => {
            connection.useToken(token);
            go();
          },
          button('End it here', () => onOver(job)),
        ),
      );
    }
    return refusalNotice(reply, h('p', {}, whatNext(reply)), choices());
  };
  const whatNext = (reply: Refusal | Silence) => {
    if (!job.parts[nextPart(job)]?.sent) {
      return 'Every instance of this request failed so. The next request may meet the same.';
    }
    if (reply.kind === 'refusal' && reply.status < 500)
      return 'Nothing of this request was done. It can be sent again.';
    return 'The request may have been carried out. It is sent again as the same request: nothing is done twice.';
  };
  const choices = () =>
    h(
      'div',
      { class: 'actions' },
      button('Go on', go, { class: 'button main' }),
      button('End it here', () => onOver(job)),
    );
  const standing = (title: string, text: string) => {
    const { total, done } = sumOf(job);
    announce(`${title}.`);
    return notice('plain', title, h('p', {}, `${text} ${counted(total - done, 'instance')} left.`), choices());
  };

  const standStill = (why: HTMLElement) => {
    fill(panel, why);
    why.querySelector<HTMLElement>('input, button')?.focus();
  };

  progress.show(job, undefined);
  if (isInterrupted) fill(panel, standing('The page was loaded again in the middle', interruption(job)));
  else go();
  return h('div', {}, progress.element, unkept, panel);
}

function interruption(job: Job): string {
  const next = job.parts[nextPart(job)];
  return next?.sent
    ? 'One request was under way, and its answer is lost. It is sent again as the same request: nothing is done twice.'
    : 'No request was under way.';
}

function notKept(): HTMLElement {
  const text = 'This browser has no room left for what the run has done. It goes on, but a reload would lose it.';
  return notice('warn', 'Do not reload this page', h('p', {}, text));
}

function askBefore(event: Event): void {
  event.preventDefault();
}
