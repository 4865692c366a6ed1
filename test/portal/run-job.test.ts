import { describe, expect, it } from 'vitest';
import { createJob, type Job } from '../../portal/core/job.ts';
import type { Refusal, Reply, Silence } from '../../portal/core/reply.ts';
import { countsOf, rowsOf } from '../../portal/core/rows.ts';
import { runJob } from '../../portal/core/run-job.ts';

const target = { regionId: 'cn-hangzhou', keyPairName: 'leaked-key', roleArn: '' };
const jobOf = (count: number) =>
  createJob({
    id: 'job',
    url: 'https://f.example/',
    target,
    restarts: { kind: 'off' },
    ids: Array.from({ length: count }, (_, k) => `i-bp1${k}00`),
  });

const silence: Silence = { kind: 'silence', url: 'https://f.example/', message: 'Failed to fetch' };
const refusal = (more: Partial<Refusal>): Refusal => ({
  kind: 'refusal',
  status: 403,
  code: 'AccessDenied',
  message: 'No.',
  requestId: 'R',
  isOfEachInstance: false,
  asksForToken: false,
  ...more,
});

/** A run against scripted replies; what is not scripted is detached. */
function running(script: readonly (Reply | undefined)[], stopAfter = Number.POSITIVE_INFINITY) {
  const tokens: string[] = [];
  const kept: Job[] = [];
  const pauses: number[] = [];
  const replies = [...script];
  const ask = async (fields: object): Promise<Reply> => {
    const { ClientToken, InstanceIds }: { ClientToken?: string; InstanceIds?: string[] } = fields;
    tokens.push(ClientToken ?? '');
    const items = (InstanceIds ?? []).map((id) => ({ id, ok: true, code: '200', message: 'successful' }));
    return replies.shift() ?? { kind: 'answer', at: undefined, requestId: 'R', items, isTruncated: false, tasks: [] };
  };
  return {
    tokens,
    kept,
    pauses,
    deps: {
      ask,
      keep: (job: Job) => void kept.push(job),
      isStopped: () => tokens.length >= stopAfter,
      now: () => 0,
      pause: async (ms: number) => void pauses.push(ms),
    },
  };
}

describe('a run', () => {
  it('sends one part after the other and keeps what it knows before and after each', async () => {
    const run = running([]);
    expect(await runJob(jobOf(1_200), run.deps)).toEqual({ kind: 'finished' });
    expect(run.tokens).toEqual(['job.0', 'job.1', 'job.2']);
    expect(
      run.kept.map(({ parts }) => parts.map(({ sent, done }) => (done ? 'done' : sent ? 'sent' : '-')).join(' ')),
    ).toEqual(['sent - -', 'done - -', 'done sent -', 'done done -', 'done done sent', 'done done done']);
  });

  it('stops between requests, and goes on where it stopped', async () => {
    const first = running([], 1);
    expect(await runJob(jobOf(1_200), first.deps)).toEqual({ kind: 'stopped' });
    const second = running([]);
    expect(await runJob(first.kept.at(-1) ?? jobOf(0), second.deps)).toEqual({ kind: 'finished' });
    expect([...first.tokens, ...second.tokens]).toEqual(['job.0', 'job.1', 'job.2']);
  });

  it('sends the same request again after a lost answer or a busy gateway, twice at most', async () => {
    const run = running([silence, refusal({ status: 503 }), undefined]);
    expect(await runJob(jobOf(1), run.deps)).toEqual({ kind: 'finished' });
    expect([run.tokens, run.pauses]).toEqual([
      ['job.0', 'job.0', 'job.0'],
      [1_000, 4_000],
    ]);

    const lost = running([silence, silence, silence]);
    expect(await runJob(jobOf(1), lost.deps)).toEqual({ kind: 'waits', for: silence });
    expect(lost.kept.at(-1)?.parts[0]).toMatchObject({ sent: { at: 0 } });
  });

  it('does not send again what was stopped', async () => {
    const run = running([silence], 1);
    expect(await runJob(jobOf(1), run.deps)).toEqual({ kind: 'waits', for: silence });
    expect(run.tokens).toHaveLength(1);
  });

  it('waits for a person when it is refused', async () => {
    const refused = refusal({ status: 401, asksForToken: true });
    const run = running([undefined, refused]);
    expect(await runJob(jobOf(1_200), run.deps)).toEqual({ kind: 'waits', for: refused });
    expect(run.tokens).toEqual(['job.0', 'job.1']);
  });

  it('waits after a request whose every instance failed, if there is another one', async () => {
    const everyOne = refusal({ status: 503, code: 'ServiceUnavailable', isOfEachInstance: true });
    const run = running([everyOne]);
    expect(await runJob(jobOf(700), run.deps)).toEqual({ kind: 'waits', for: everyOne });
    expect(run.pauses).toEqual([]);
    expect(countsOf(rowsOf(run.kept.at(-1) ?? jobOf(0)))).toMatchObject({ failed: 500, 'not sent': 200 });

    const last = running([undefined, everyOne]);
    expect(await runJob(jobOf(700), last.deps)).toEqual({ kind: 'finished' });
    expect(countsOf(rowsOf(last.kept.at(-1) ?? jobOf(0)))).toMatchObject({ detached: 500, failed: 200 });
  });

  it('takes real time unless told otherwise', async () => {
    const { deps, kept } = running([silence]);
    const before = Date.now();
    await runJob(jobOf(1), { ask: deps.ask, keep: deps.keep, isStopped: deps.isStopped });
    const since = kept.at(-1)?.parts[0]?.done?.since ?? 0;
    expect(since - before).toBeGreaterThanOrEqual(990);
  });
});
