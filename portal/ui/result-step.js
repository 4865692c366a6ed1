import { csvOf } from '../core/csv.ts';
import { labelOfState } from '../core/labels.ts';
import { count, counted } from '../core/pace.ts';
import { proofHash, proofOf } from '../core/proof.ts';
import { countsOf, rowsOf, toRetry } from '../core/rows.ts';
import { button, h } from './dom.ts';
import { download } from './download.ts';
import { figures } from './figures.ts';
import { instanceList } from './instance-list.ts';
import { announce } from './live.ts';
import { notice } from './notice.ts';

const CODE = { name: 'code', title: 'Code', keyOf: ({ code }) => code, cell: ({ code }) => code };
const RESTART = { name: 'restart', title: 'Restart due', keyOf: restartKey, cell: restartText };
/** What became of every instance, and what can be done about those that are not done. */
export function resultStep(job, { onRetry, onTakeUp, onNew }) {
  const rows = rowsOf(job);
  const counts = countsOf(rows);
  const retry = toRetry(rows);
  const left = counts.unknown + counts['not sent'];
  const hasRestarts = job.restarts.kind !== 'off';
  announce(
    `${count(counts.detached)} of ${counted(counts.total, 'instance')} detached, ${count(counts.failed)} failed.`,
  );
  return h(
    'div',
    {},
    figures([
      { number: counts.detached, what: 'detached', tone: 'good' },
      { number: counts.failed, what: 'failed', tone: 'bad' },
      ...(left > 0 ? [{ number: left, what: 'left', tone: 'wait' }] : []),
      ...(counts.notRestarting > 0 ? [{ number: counts.notRestarting, what: 'without a restart', tone: 'bad' }] : []),
    ]),
    h(
      'div',
      { class: 'actions' },
      retry.length > 0 &&
        button(`Try the ${count(retry.length)} failed again`, () => onRetry(retry), { class: 'button main' }),
      left > 0 && button(`Go on with the ${count(left)} left`, onTakeUp, { class: 'button main' }),
      counts.detached > 0 && h('a', { class: 'button', href: proofHash(proofOf(job), job.id) }, 'Verify'),
      button('Download CSV', () => download(`${job.target.keyPairName}-${job.id}.csv`, csvOfRows(rows))),
      button('Another detach', onNew, { class: 'button quiet' }),
    ),
    counts.detached > 0 && whatIsLeft(hasRestarts),
    instanceList(rows, {
      label: 'What became of each instance',
      labelOf: ({ state }) => labelOfState(state),
      nameOf: (code, all) => nameOfCode(code, all),
      more: hasRestarts ? [CODE, RESTART] : [CODE],
    }),
  );
}
function whatIsLeft(hasRestarts) {
  return notice(
    'plain',
    hasRestarts ? 'Revoked is what has restarted' : 'The key still works until each instance restarts',
    h(
      'p',
      {},
      hasRestarts
        ? 'The restarts are queued and come by themselves. “Verify” says which instances have restarted since: keep its link as a bookmark.'
        : 'Restart the instances in your own time; “Verify” says which ones are still to come: keep its link as a bookmark.',
    ),
  );
}
/** `200` says little: what has no code of failure goes by its state. */
function nameOfCode(code, rows) {
  const states = new Set(rows.filter((row) => row.code === code).map(({ state }) => state));
  return states.has('failed') ? code : [...states].map((state) => labelOfState(state).text).join(', ');
}
function restartKey({ restart }) {
  if (!restart) return Number.POSITIVE_INFINITY;
  return restart.queued ? restart.at : -1;
}
function restartText({ restart }) {
  if (!restart) return '';
  return restart.queued ? timeOf(restart.at) : `Not queued: ${restart.code}`;
}
export function timeOf(at) {
  return new Date(at).toLocaleTimeString('en-GB');
}
function csvOfRows(rows) {
  return csvOf(
    ['InstanceId', 'Outcome', 'Code', 'Message', 'Restart', 'RestartMessage'],
    rows.map(({ id, state, code, message, restart }) => [
      id,
      state,
      code,
      message,
      restart?.queued ? new Date(restart.at).toISOString() : (restart?.code ?? ''),
      restart && !restart.queued ? restart.message : '',
    ]),
  );
}
