import { type Job, nextPart, type Part } from '../core/job.ts';
import { count, counted, duration, paceOf, rate } from '../core/pace.ts';
import { fill, h } from './dom.ts';

export type Progress = {
  readonly element: HTMLElement;
  /** `since`: when it was started or last gone on with, and how many were done by then; undefined when it stands. */
  readonly show: (job: Job, since: { at: number; done: number } | undefined) => void;
};

/** A bar with a piece for each request, and beside it what is done, what failed, how fast, how long it will take. */
export function createProgress(): Progress {
  const bar = h('div', { class: 'bar', role: 'progressbar', 'aria-label': 'Progress', 'aria-valuemin': 0 });
  const numbers = h('p', { class: 'progress-numbers' });
  let drawn: Job | undefined;
  let wasRunning = false;
  return {
    element: h('div', { class: 'progress' }, bar, numbers),
    show: (job, since) => {
      const parts = job.parts.slice(job.from);
      const { total, done, failed } = sumOf(job);
      const isRunning = since !== undefined;
      // Not at every tick of the clock: what moves in it would begin again.
      if (drawn !== job || wasRunning !== isRunning) fill(bar, ...parts.map((part) => piece(part, isRunning)));
      drawn = job;
      wasRunning = isRunning;
      bar.setAttribute('aria-valuemax', String(total));
      bar.setAttribute('aria-valuenow', String(done));
      bar.setAttribute(
        'aria-valuetext',
        `${count(done)} of ${counted(total, 'instance')} done, ${count(failed)} failed`,
      );
      const pace = since && paceOf(done - since.done, total - done, Date.now() - since.at);
      const underWay = since && nextPart(job) + 1 - job.from;
      fill(
        numbers,
        number(`${count(done)} of ${count(total)}`, 'done'),
        number(count(failed), 'failed', failed > 0 ? 'bad' : ''),
        number(pace?.perSecond === undefined ? '–' : rate(pace.perSecond), 'rate'),
        number(pace?.secondsLeft === undefined ? '–' : duration(pace.secondsLeft), 'left'),
        underWay !== undefined && underWay > 0 && h('span', {}, `request ${count(underWay)} of ${count(parts.length)}`),
      );
    },
  };
}

/** Instances of what is being done now. */
export function sumOf({ parts, from }: Job): { total: number; done: number; failed: number } {
  let [total, done, failed] = [0, 0, 0];
  for (const part of parts.slice(from)) {
    total += part.ids.length;
    done += part.done?.outcomes.length ?? 0;
    failed += failuresOf(part);
  }
  return { total, done, failed };
}

function failuresOf({ done }: Part): number {
  return done?.outcomes.filter(({ ok }) => !ok).length ?? 0;
}

function piece(part: Part, isRunning: boolean): HTMLElement {
  const state = part.done ? 'done' : part.sent && isRunning ? 'sent' : 'later';
  const failures = failuresOf(part);
  const element = h('span', { class: `piece-of-bar ${state}` }, failures > 0 && h('span', { class: 'bad' }));
  element.style.flexGrow = String(part.ids.length);
  element.style.setProperty('--bad', String(failures / part.ids.length));
  return element;
}

function number(value: string, what: string, tone = ''): HTMLElement {
  return h('span', { class: `progress-number ${tone}` }, h('strong', {}, value), ` ${what}`);
}
