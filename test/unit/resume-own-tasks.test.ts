import { expect, it } from 'vitest';
import type { OwnTask } from '../../cli/direct/process-queue.ts';
import { resume } from '../../cli/direct/resume.ts';
import { iso } from '../../shared/messages/times.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-11-24T12:00:00.000Z');

/** Due so long after NOW, of a detach an hour before that. */
function task(id: string, dueMs: number, more: Partial<OwnTask> = {}, fields: object = {}): OwnTask {
  const dueAt = NOW + dueMs;
  const message = { DetachedAt: iso(dueAt - HOUR), NotAfter: iso(dueAt + HOUR), ...fields };
  return { id, of: 'reboots', payload: JSON.stringify(message), queuedAt: dueAt, dueAt, state: 'Enqueued', ...more };
}

const resumed = (...tasks: OwnTask[]) =>
  resume(tasks, NOW).map(({ state, dueAt, payload }) => ({ state, dueMs: dueAt - NOW, ...JSON.parse(payload) }));

it('leaves alone what is not late, and what is over', () => {
  const tasks = [task('a', HOUR), task('b', -HOUR, { state: 'Succeeded' }), task('c', -HOUR, { state: 'Stopped' })];
  expect(resume(tasks, NOW)).toEqual(tasks);
});

it('moves all by as much as the first is late, so that they keep their distance', () => {
  const NotBefore = iso(NOW - 2 * HOUR);
  expect(resumed(task('a', -3 * HOUR, { state: 'Running' }), task('b', -2 * HOUR, {}, { NotBefore }))).toEqual([
    { state: 'Enqueued', dueMs: 0, DetachedAt: iso(NOW - 4 * HOUR), NotAfter: iso(NOW + HOUR) },
    {
      state: 'Enqueued',
      dueMs: HOUR,
      DetachedAt: iso(NOW - 3 * HOUR),
      NotAfter: iso(NOW + 2 * HOUR),
      NotBefore: iso(NOW + HOUR),
    },
  ]);
});

it('does not move what is ahead for a wave that has failed, which may run for another hour', () => {
  expect(resumed(task('a', -5 * HOUR, { state: 'Failed' }), task('b', -60_000))).toMatchObject([
    { state: 'Enqueued', NotAfter: iso(NOW + HOUR) },
    { state: 'Enqueued', dueMs: 0 },
  ]);
});

it('says a later time of a detach that lies more than a day back: no message is valid for longer', () => {
  const DetachedAt = iso(NOW - 90 * HOUR);
  expect(resumed(task('a', -80 * HOUR, {}, { DetachedAt }))).toMatchObject([
    { DetachedAt: iso(NOW - 25 * HOUR), NotAfter: iso(NOW + HOUR) },
  ]);
});

it('does not touch the completion of a request, which waits for nothing', () => {
  const completion = task('a', -5 * HOUR, { of: 'itself', state: 'Running' }, { RegionId: 'cn-hangzhou' });
  expect(resume([completion], NOW)).toEqual([{ ...completion, state: 'Enqueued' }]);
});
