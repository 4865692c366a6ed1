import { expect, test } from 'vitest';
import { createJob, markAnswered, markSent } from '../../portal/core/job.ts';

test('the waves of a request whose answer was lost keep the next request away, though they say no delay', () => {
  const ids = Array.from({ length: 500 }, (_, n) => `i-${String(n).padStart(20, '0')}`);
  const job = createJob({
    id: 'leak',
    url: 'https://detach.example',
    target: { regionId: 'cn-hangzhou', keyPairName: 'leaked-key', roleArn: '' },
    restarts: { kind: 'waves', force: false, batchSize: 100, intervalSeconds: 120 },
    ids: [...ids, ...ids.map((id) => `${id}x`)],
  });
  const tasks = [0, 1, 2, 3, 4].map((k) => ({
    ids: ids.slice(k * 100, (k + 1) * 100),
    delaySeconds: 0,
    status: 'Duplicate',
    code: '',
    message: '',
  }));
  const items = ids.map((id) => ({ id, ok: true, code: '200', message: 'successful' }));
  const answered = markAnswered(markSent(job, 0, 1_000_000), 0, { at: undefined, items, tasks }, 1_060_000);
  expect(markSent(answered, 1, 1_060_000).parts[1]?.sent?.delaySeconds).toBe(600);
});
