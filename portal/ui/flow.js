import { createJob, ended, nextPart, takenUp, withMore } from '../core/job.ts';
import { counted } from '../core/pace.ts';
import { rowsOf } from '../core/rows.ts';
import { chooseStep, describeChoice } from './choose-step.ts';
import { button, h } from './dom.ts';
import { dryRunStep } from './dry-run-step.ts';
import { notice } from './notice.ts';
import { describeRestarts, restartsStep } from './restarts-step.ts';
import { resultStep } from './result-step.ts';
import { runStep } from './run-step.ts';
import { createStep } from './steps.ts';
/** The detach in the order of its decisions: which instances → what would happen → how → do it → what has happened. */
export function detachFlow(connection, store) {
  const choose = createStep(1, 'Instances');
  const look = createStep(2, 'Dry run');
  const restart = createStep(3, 'Restarts and confirmation');
  const run = createStep(4, 'Run');
  const result = createStep(5, 'Result');
  const keep = (job) => {
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
  const toLook = (chosen) => {
    choose.close(describeChoice(chosen), () => {
      look.wait();
      restart.wait();
      choose.reopen();
    });
    look.open(dryRunStep(chosen, connection, (ids) => toRestart(chosen, ids)));
  };
  const toRestart = (chosen, ids) => {
    look.close(`${counted(ids.length, 'instance')} chosen`, () => {
      restart.wait();
      look.reopen();
    });
    const { target } = chosen;
    restart.open(restartsStep({ target, instances: ids.length }, (restarts) => start(chosen, ids, restarts)));
  };
  const start = ({ target }, ids, restarts) => {
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
  const toRun = (job, isInterrupted) => {
    describe(job);
    result.wait();
    run.open(runStep(job, isInterrupted, { connection, keep, onOver: toResult }));
  };
  const toResult = (last) => {
    const job = ended(last);
    keep(job);
    describe(job);
    run.close(describeRun(job));
    const again = (next) => {
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
  const describe = (job) => {
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
function describeRun({ parts }) {
  const requests = parts.filter(({ done }) => done).length;
  return `${counted(requests, 'request')} of ${parts.length} answered`;
}
function noRoom(back) {
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
function newJobId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
