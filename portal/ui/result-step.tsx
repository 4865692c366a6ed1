import type { VNode } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { evidenceOfJob } from '../core/evidence.ts';
import { NOTHING_SEEN } from '../core/follow.ts';
import type { Job, Restart } from '../core/job.ts';
import { toneOf } from '../core/labels.ts';
import { proofHash } from '../core/link.ts';
import { proofOf } from '../core/proof.ts';
import { countsOf, type Row, rowsOf, toRetry } from '../core/rows.ts';
import { useApp } from './app-context.ts';
import { download } from './download.ts';
import { announce } from './live.ts';
import { Button, Figures, Notice } from './parts.tsx';
import { Rollout } from './rollout.tsx';
import { type Column, InstanceList } from './table.tsx';

/** What became of every instance, where the rollout stands, and what can be done about what is not done. */
export function ResultStep(): VNode | null {
  const { state, text, commands } = useApp();
  const { screen, following, known } = state;
  const job = screen.kind === 'result' ? screen.job : undefined;
  const rows = useMemo(() => (job ? rowsOf(job) : []), [job]);
  const counts = countsOf(rows);
  useEffect(() => announce(text.detachedOf(counts.detached, counts.total, counts.failed)), [job]);
  if (!job) return null;
  const retry = toRetry(rows);
  const left = counts.unknown + counts['not sent'];
  const hopeless = counts.failed + counts.notRestarting - retry.length;
  const { restarts } = job;
  const isReal = restarts.kind !== 'off' || restarts.online !== undefined;
  const states: Readonly<Record<string, string>> = text.states;
  const seen = following?.seen ?? NOTHING_SEEN;
  const withRestarts = rows.some(({ restart, removal }) => restart || removal);
  const csv = () => evidenceOfJob(job, { seen, nameOf: (id) => known.get(id)?.name });
  return (
    <>
      <div class={`notice headline ${counts.failed + left === 0 ? 'good' : 'bad'}`}>
        <p class="now">{text.detachedOf(counts.detached, counts.total, counts.failed)}</p>
        <p>
          {retry.length > 0 && text.stillOpen(retry.length)} {hopeless > 0 && text.hopeless(hopeless)}{' '}
          {left > 0 && text.undone(left)}
        </p>
      </div>
      <Figures
        all={[
          { number: counts.detached, what: text.detached, tone: 'good' },
          { number: counts.failed, what: text.failed, tone: 'bad' },
          left > 0 && { number: left, what: text.leftOver, tone: 'wait' },
          counts.notRestarting > 0 && { number: counts.notRestarting, what: text.withoutRestart, tone: 'bad' },
        ]}
      />
      <div class="actions">
        {left > 0 && (
          <Button kind="main" onClick={() => void commands.goOnWith({ type: 'take up' })}>
            {text.goOnWith(left)}
          </Button>
        )}
        {retry.length > 0 && (
          <Button onClick={() => void commands.goOnWith({ type: 'retry', ids: retry })}>
            {text.tryAgain(retry.length)}
          </Button>
        )}
        <Button onClick={() => download(`${job.target.keyPairName}-${job.id}.csv`, csv())}>{text.csv}</Button>
        <Button kind="quiet" onClick={commands.anew}>
          {text.another}
        </Button>
      </div>
      {counts.detached > 0 && !isReal && <Notice kind="wait" title={text.stillWorks} />}
      {following && <Rollout />}
      {following && <Share job={job} />}
      <InstanceList<Row>
        label={text.whatBecame}
        rows={rows}
        toneOf={({ state: one }) => toneOf(one)}
        outcomeOf={({ state: one }) => states[one] ?? one}
        nameOf={nameOfCode}
        hasCodes
        more={withRestarts ? [RESTART(text.restartDue, restartText)] : []}
      />
    </>
  );

  /** `200` says little: what has no code of failure goes by its state. */
  function nameOfCode(code: string, all: readonly Row[]): string {
    const own = new Set(all.filter((row) => row.code === code).map((row) => row.state));
    return own.has('failed') ? code : [...own].map((one) => states[one] ?? one).join(', ');
  }

  function restartText({ restart, removal }: Row): string {
    const queued = restart ?? removal;
    if (!queued) return '';
    return queued.queued ? text.format.moment(queued.at) : text.notQueued(queued.code);
  }
}

const RESTART = (title: string, textOf: (row: Row) => string): Column<Row> => ({
  name: 'restart',
  title,
  keyOf: restartKey,
  cell: textOf,
});

function restartKey({ restart, removal }: Row): number {
  const queued: Restart | undefined = restart ?? removal;
  if (!queued) return Number.POSITIVE_INFINITY;
  return queued.queued ? queued.at : -1;
}

/** The link that shows a colleague the same. */
function Share({ job }: { readonly job: Job }): VNode {
  const { text } = useApp();
  const [hash, setHash] = useState<string>();
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    void proofHash(proofOf(job)).then(setHash);
  }, [job]);
  if (hash === undefined) return <p class="hint">{text.noLink}</p>;
  const whole = location.origin + location.pathname + hash;
  return (
    <div class="actions">
      <a class="button" href={hash}>
        {text.link}
      </a>
      <Button
        onClick={() => {
          void navigator.clipboard.writeText(whole).then(() => setIsCopied(true));
        }}
      >
        {isCopied ? text.copied : text.copyLink}
      </Button>
      {whole.length > 2_000 && <p class="hint">{text.longLink(whole.length)}</p>}
    </div>
  );
}
