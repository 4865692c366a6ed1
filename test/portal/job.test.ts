import { describe, expect, it } from 'vitest';
import {
  createJob,
  ended,
  type Job,
  markAnswered,
  markFailed,
  markSent,
  nextPart,
  partRequest,
  takenUp,
  withMore,
} from '../../portal/core/job.ts';
import { jobStore } from '../../portal/core/job-store.ts';
import type { Item, Task } from '../../portal/core/reply.ts';
import type { Restarts } from '../../portal/core/restarts.ts';
import { countsOf, rowsOf, toRetry } from '../../portal/core/rows.ts';

const target = { regionId: 'cn-hangzhou', keyPairName: 'leaked-key', roleArn: '' };
const WAVES: Restarts = { kind: 'waves', force: false, batchSize: 100, intervalSeconds: 60 };
const NOW = Date.parse('2026-11-24T08:00:00Z');

const idsOf = (count: number) => Array.from({ length: count }, (_, k) => `i-bp1${String(k).padStart(17, '0')}`);
const jobOf = (count: number, restarts: Restarts = { kind: 'off' }) =>
  createJob({ id: 'job', url: 'https://f.example/', target, restarts, ids: idsOf(count) });
const detached = (ids: readonly string[]): Item[] =>
  ids.map((id) => ({ id, ok: true, code: '200', message: 'successful' }));
const partIds = (job: Job, index: number) => job.parts[index]?.ids ?? [];

function wavesOf(ids: readonly string[], delay: number, status = 'Enqueued'): Task[] {
  const count = Math.ceil(ids.length / 100);
  return Array.from({ length: count }, (_, k) => ({
    ids: ids.slice(k * 100, (k + 1) * 100),
    delaySeconds: delay + k * 60,
    status,
    code: '',
    message: '',
  }));
}

describe('a job', () => {
  it('is sent in parts of 500, each with a token of its own', () => {
    const job = jobOf(1_200);
    expect(job.parts.map(({ ids }) => ids.length)).toEqual([500, 500, 200]);
    expect(partRequest(job, 2)).toEqual({
      RegionId: 'cn-hangzhou',
      KeyPairName: 'leaked-key',
      InstanceIds: idsOf(1_200).slice(1_000),
      ClientToken: 'job.2',
    });
  });

  it('sends a part that is sent again as the same request, whenever that is', () => {
    const first = markSent(jobOf(700, WAVES), 0, NOW);
    const again = markSent(first, 0, NOW + 600_000);
    expect(partRequest(again, 0)).toEqual(partRequest(first, 0));
  });

  it('keeps the pace of its waves from one request to the next, and never shortens it', () => {
    let job = markSent(jobOf(1_200, WAVES), 0, NOW);
    expect(partRequest(job, 0)).toMatchObject({ Reboot: { BatchSize: 100, IntervalSeconds: 60 } });
    // Answered after 8 s: its waves were queued by then, the last one to wait 240 s.
    job = markAnswered(
      job,
      0,
      { at: undefined, items: detached(partIds(job, 0)), tasks: wavesOf(partIds(job, 0), 0) },
      NOW + 8_000,
    );
    job = markSent(job, 1, NOW + 10_000);
    expect(partRequest(job, 1)).toMatchObject({ Reboot: { DelaySeconds: 298 } });
    job = markAnswered(
      job,
      1,
      { at: undefined, items: detached(partIds(job, 1)), tasks: wavesOf(partIds(job, 1), 298) },
      NOW + 20_000,
    );
    job = markSent(job, 2, NOW + 20_001);
    expect(partRequest(job, 2)).toMatchObject({ Reboot: { DelaySeconds: 598 } });
  });

  it('starts waves at once when those before are long over, or there were none', () => {
    let job = markSent(jobOf(1_200, WAVES), 0, NOW);
    job = markFailed(job, 0, { code: 'Forbidden.RAM', message: 'No.' }, NOW + 1_000);
    job = markSent(job, 1, NOW + 2_000);
    expect(job.parts[1]?.sent).toEqual({ at: NOW + 2_000, delaySeconds: 0 });
    job = markAnswered(job, 1, { at: undefined, items: [], tasks: wavesOf(partIds(job, 1), 0) }, NOW + 3_000);
    job = markSent(job, 2, NOW + 3_600_000);
    expect(partRequest(job, 2).Reboot).not.toHaveProperty('DelaySeconds');
  });

  it('knows of every instance, even of one that an answer does not list', () => {
    const [a = '', b = ''] = idsOf(2);
    const job = markAnswered(markSent(jobOf(2), 0, NOW), 0, { at: undefined, items: detached([a]), tasks: [] }, NOW);
    expect(rowsOf(job).map(({ id, state, code }) => [id, state, code])).toEqual([
      [a, 'detached', '200'],
      [b, 'failed', 'NotListed'],
    ]);
  });

  it('takes an answer for a part that it has not marked as sent', () => {
    expect(markAnswered(jobOf(1), 0, { at: undefined, items: [], tasks: [] }, NOW).parts[0]?.sent?.at).toBe(NOW);
    expect(partRequest(jobOf(1), 7)).toMatchObject({ InstanceIds: [] });
    expect(markFailed(jobOf(1), 7, { code: 'x', message: '' }, NOW).parts).toEqual(jobOf(1).parts);
  });

  it('proves a part since its answer, or since it was first sent where its waves were known already', () => {
    const sent = markSent(jobOf(1, WAVES), 0, NOW);
    const answered = (status: string) =>
      markAnswered(sent, 0, { at: undefined, items: [], tasks: wavesOf(idsOf(1), 0, status) }, NOW + 90_000).parts[0]
        ?.done?.since;
    expect([answered('Enqueued'), answered('Duplicate')]).toEqual([NOW + 90_000, NOW]);
  });

  it('takes the time of a proof from the function, where it can be read', () => {
    const sent = markSent(jobOf(1, WAVES), 0, NOW);
    const at = NOW + 300_000;
    const answered = (status: string) =>
      markAnswered(sent, 0, { at, items: [], tasks: wavesOf(idsOf(1), 0, status) }, NOW + 90_000).parts[0]?.done?.since;
    expect([answered('Enqueued'), answered('Duplicate')]).toEqual([at, at - 90_000]);
  });

  it('tries failed instances again under new tokens, and the last word counts', () => {
    const [a = '', b = '', c = ''] = idsOf(3);
    const items = [...detached([a, b]), { id: c, ok: false, code: 'Forbidden.RAM', message: 'No.' }];
    const failedWave = { ids: [b], delaySeconds: 0, status: 'Failed', code: 'Throttling', message: 'Slow down.' };
    const first = markAnswered(
      markSent(jobOf(3, WAVES), 0, NOW),
      0,
      { at: undefined, items, tasks: [failedWave, ...wavesOf([a], 0)] },
      NOW,
    );
    expect(countsOf(rowsOf(first))).toMatchObject({ total: 3, detached: 2, failed: 1, notRestarting: 1 });
    expect(toRetry(rowsOf(first))).toEqual([b, c]);

    const more = withMore(first, toRetry(rowsOf(first)));
    expect([nextPart(more), more.from]).toEqual([1, 1]);
    expect(partRequest(more, 1)).toMatchObject({ InstanceIds: [b, c], ClientToken: 'job.1' });
    const last = markAnswered(more, 1, { at: undefined, items: detached([b, c]), tasks: wavesOf([b, c], 0) }, NOW);
    expect(countsOf(rowsOf(last))).toMatchObject({ total: 3, detached: 3, failed: 0, notRestarting: 0 });
    expect(nextPart(last)).toBe(-1);
  });

  it('can be ended with parts left, and these be taken up again', () => {
    const job = markSent(jobOf(1_200), 0, NOW);
    const over = ended(
      markSent(markAnswered(job, 0, { at: undefined, items: detached(partIds(job, 0)), tasks: [] }, NOW), 1, NOW),
    );
    expect(nextPart(over)).toBe(-1);
    expect(countsOf(rowsOf(over))).toMatchObject({ detached: 500, unknown: 500, 'not sent': 200 });
    expect(toRetry(rowsOf(over))).toEqual([]);
    expect([nextPart(takenUp(over)), takenUp(over).from]).toEqual([1, 1]);
    expect(partRequest(takenUp(over), 1).ClientToken).toBe('job.1');
  });
});

describe('a kept job', () => {
  function storeOf(room = Number.POSITIVE_INFINITY) {
    const entries = new Map<string, string>();
    const written: string[] = [];
    const store = {
      getItem: (key: string) => entries.get(key) ?? null,
      setItem: (key: string, value: string) => {
        if (value.length > room) throw new Error('QuotaExceededError');
        entries.set(key, value);
        written.push(key);
      },
      removeItem: (key: string) => void entries.delete(key),
    };
    return { entries, written, store };
  }

  it('comes back as it was', () => {
    const { store } = storeOf();
    let job = markSent(jobOf(700, WAVES), 0, NOW);
    const items = [
      ...detached(partIds(job, 0).slice(1)),
      { id: partIds(job, 0)[0] ?? '', ok: false, code: 'X', message: 'y' },
    ];
    job = markAnswered(job, 0, { at: undefined, items, tasks: wavesOf(partIds(job, 0), 0) }, NOW);
    jobStore(store).save(job);
    expect(jobStore(store).load()).toEqual(job);
  });

  it('writes a part only when it has changed', () => {
    const { store, written } = storeOf();
    const kept = jobStore(store);
    const job = jobOf(1_200);
    kept.save(job);
    written.length = 0;
    kept.save(markSent(job, 1, NOW));
    expect(written).toEqual(['detach-key-pair.job.1.1', 'detach-key-pair.job.1']);
  });

  it('of ten thousand instances takes less than half a megabyte', () => {
    const { store, entries } = storeOf();
    let job = jobOf(10_000, WAVES);
    for (let index = 0; index < job.parts.length; index++) {
      const ids = partIds(job, index);
      job = markAnswered(
        markSent(job, index, NOW),
        index,
        { at: undefined, items: detached(ids), tasks: wavesOf(ids, 0) },
        NOW,
      );
    }
    jobStore(store).save(job);
    expect([...entries.values()].join('').length).toBeLessThan(500_000);
    expect(jobStore(store).load()).toEqual(job);
  });

  it('is gone when it is cleared, and was never there in another tab', () => {
    const { store, entries } = storeOf();
    const kept = jobStore(store);
    kept.clear();
    expect(kept.load()).toBeUndefined();
    kept.save(jobOf(700));
    kept.clear();
    expect([...entries.keys()]).toEqual([]);
  });

  it('is none when a part of it is gone', () => {
    const { store, entries } = storeOf();
    jobStore(store).save(jobOf(700));
    entries.delete('detach-key-pair.job.1.1');
    expect(jobStore(store).load()).toBeUndefined();
  });

  it('says so when there is no room', () => {
    expect(() => jobStore(storeOf(100).store).save(jobOf(700))).toThrow('QuotaExceededError');
  });
});
