import { createJob, ended, type Job, nextPart, takenUp, withMore } from '../core/job.ts';
import type { jobStore } from '../core/job-store.ts';
import { counted } from '../core/pace.ts';
import type { Restarts } from '../core/restarts.ts';
import { rowsOf } from '../core/rows.ts';
import { type Chosen, chooseStep, describeChoice } from './choose-step.ts';
import type { ConnectionPanel } from './connection.ts';
import { button, h } from './dom.ts';
import { dryRunStep } from './dry-run-step.ts';
import { notice } from './notice.ts';
import { describeRestarts, restartsStep } from './restarts-step.ts';
import { resultStep } from './result-step.ts';
import { runStep } from './run-step.ts';
import { createStep } from './steps.ts';

type Store = ReturnType<typeof jobStore>;

/** The detach in the order of its decisions: which instances → what would happen → how → do it → what has happened. */
export function detachFlow(connection: ConnectionPanel, store: Store): HTMLElement {
  const choose = createStep(1, 'Instances');
  const look = createStep(2, 'Dry run');
  const restart = createStep(3, 'Restarts and confirmation');
  const run = createStep(4, 'Run');
  const result = createStep(5, 'Result');

  const keep = (job: Job): boolean => {
    try {
      store.save(job);
      return true;
    } catch {
      return false;
    }
  };
  const toChoose = () => {
    for (const step of [look, restart, run, result]) step.wait();
    choose.open(chooseStep(connection, toLook));
  };
  const toLook = (chosen: Chosen) => {
    choose.close(describeChoice(chosen), () => {
      look.wait();
      restart.wait();
      choose.reopen();
    });
    look.open(dryRunStep(chosen, connection, (ids) => toRestart(chosen, ids)));
  };
  const toRestart = (chosen: Chosen, ids: readonly string[]) => {
    look.close(`${counted(ids.length, 'instance')} chosen`, () => {
      restart.wait();
      look.reopen();
    });
    const { target } = chosen;
    restart.open(restartsStep({ target, instances: ids.length }, (restarts) => start(chosen, ids, restarts)));
  };
  const start = ({ target }: Chosen, ids: readonly string[], restarts: Restarts) => {
    const job = createJob({ id: newJobId(), url: connection.url(), target, restarts, ids });
    if (keep(job)) {
      toRun(job, false);
      return;
    }
    store.clear();
    run.open(
      noRoom(() => {
        run.wait();
        restart.reopen();
      }),
    );
  };
  const toRun = (job: Job, isInterrupted: boolean) => {
    describe(job);
    result.wait();
    run.open(runStep(job, isInterrupted, { connection, keep, onOver: toResult }));
  };
  const toResult = (last: Job) => {
    const job = ended(last);
    keep(job);
    describe(job);
    run.close(describeRun(job));
    const again = (next: Job) => {
      keep(next);
      toRun(next, false);
    };
    result.open(
      resultStep(job, {
        onRetry: (ids) => again(withMore(job, ids)),
        onTakeUp: () => again(takenUp(job)),
        onNew: () => {
          store.clear();
          toChoose();
        },
      }),
    );
  };
  const describe = (job: Job) => {
    const { keyPairName, regionId } = job.target;
    const instances = counted(rowsOf(job).length, 'instance');
    choose.close(`${keyPairName} in ${regionId}`);
    look.close(`${instances} chosen`);
    restart.close(describeRestarts(job.restarts));
  };

  const kept = store.load();
  if (!kept) toChoose();
  else {
    connection.useUrl(kept.url);
    if (nextPart(kept) >= 0) toRun(kept, true);
    else toResult(kept);
  }
  return h('ol', { class: 'steps' }, ...[choose, look, restart, run, result].map(({ item }) => item));
}

function describeRun({ parts }: Job): string {
  const requests = parts.filter(({ done }) => done).length;
  return `${counted(requests, 'request')} of ${parts.length} answered`;
}

function noRoom(back: () => void): HTMLElement {
  return notice(
    'bad',
    'Not started',
    h(
      'p',
      {},
      'This browser keeps nothing for the page (session storage is off or full), so a reload would lose the run and what it has sent.',
    ),
    h('div', { class: 'actions' }, button('Back', back)),
  );
}

function newJobId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
