import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askAgents, type Chosen, dryRun, groupsOfItems } from '../../portal/core/dry-run.ts';
import { createJob, markAnswered, withMore } from '../../portal/core/job.ts';
import { toneOf } from '../../portal/core/labels.ts';
import { proofHash, readProofHash } from '../../portal/core/link.ts';
import { proofOf, proofRequests } from '../../portal/core/proof.ts';
import type { Reply } from '../../portal/core/reply.ts';

const target = { regionId: 'cn-hangzhou', keyPairName: 'leaked-key', roleArn: '' };
const scope: Chosen['scope'] = {
  key: { kind: 'name', text: 'leaked-key' },
  regions: ['cn-hangzhou'],
  roles: [],
  allowDifferentKeys: false,
};
const item = (id: string, ok = true) => ({ id, ok, code: ok ? '200' : 'Forbidden.RAM', message: '' });
const answer = (ids: readonly string[], isTruncated = false): Reply => ({
  kind: 'answer',
  at: undefined,
  requestId: 'R',
  items: ids.map((id) => item(id)),
  isTruncated,
  tasks: [],
});

function scripted(...replies: Reply[]) {
  const sent: object[] = [];
  const ask = async (fields: object) => {
    sent.push(fields);
    return replies.shift() ?? answer([]);
  };
  return { sent, ask };
}

describe('a dry run', () => {
  it('looks at named instances a thousand at a time, and tells how far it is', async () => {
    const ids = Array.from({ length: 2_100 }, (_, k) => `i-bp1${k}`);
    const { sent, ask } = scripted(answer(['i-a01']), answer(['i-a02']), answer(['i-a03']));
    const told: number[][] = [];
    const asking = { ask, onProgress: (...progress: number[]) => told.push(progress) };
    const found = await dryRun({ scope, choice: { kind: 'ids', ids } }, asking);
    expect(found).toMatchObject({ kind: 'found', items: [{ id: 'i-a01' }, { id: 'i-a02' }, { id: 'i-a03' }] });
    expect(sent.map((fields) => Object.keys(fields))).toEqual(
      Array(3).fill(['RegionId', 'KeyPairName', 'DryRun', 'InstanceIds']),
    );
    expect(told).toEqual([
      [0, 3],
      [1, 3],
      [2, 3],
    ]);
  });

  it('finds instances by their key pair and tags in one request', async () => {
    const { sent, ask } = scripted();
    await dryRun({ scope, choice: { kind: 'filter', tags: [{ key: 'team', value: 'web' }] } }, { ask });
    expect(sent).toEqual([
      {
        RegionId: 'cn-hangzhou',
        KeyPairName: 'leaked-key',
        DryRun: true,
        Filter: { Tags: [{ Key: 'team', Value: 'web' }] },
      },
    ]);
  });

  it('asks for the agents of instances by place', async () => {
    const { sent, ask } = scripted(answer(['i-a01']), answer(['i-a02']));
    const beijing = { regionId: 'cn-beijing', keyPairName: 'other' };
    expect(await askAgents([item('i-a01'), { ...item('i-a02'), ...beijing }], scope, { ask })).toMatchObject({
      kind: 'found',
      items: [{ id: 'i-a01' }, { id: 'i-a02' }],
    });
    const looks = { DryRun: true, Online: true };
    expect(sent).toEqual([
      { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', ...looks, InstanceIds: ['i-a01'] },
      { RegionId: 'cn-beijing', KeyPairName: 'other', ...looks, InstanceIds: ['i-a02'] },
    ]);
  });

  it('fails whole with the reply that it got, and does not go on', async () => {
    const silence: Reply = { kind: 'silence', url: 'https://f.example/', message: 'Failed to fetch' };
    const { sent, ask } = scripted(silence);
    const ids = Array.from({ length: 2_100 }, (_, k) => `i-bp1${k}`);
    expect(await dryRun({ scope, choice: { kind: 'ids', ids } }, { ask })).toEqual({ kind: 'failed', reply: silence });
    expect(sent).toHaveLength(1);
  });

  it('says when an answer could not list all', async () => {
    const { ask } = scripted(answer(['i-a01'], true));
    expect(await dryRun({ scope, choice: { kind: 'filter', tags: [] } }, { ask })).toEqual({ kind: 'too many' });
  });

  it('of several places is taken apart by place and key pair: a request is about one', () => {
    const place = { regionId: 'cn-beijing', keyPairName: 'other', roleArn: 'acs:ram::1:role/a' };
    const groups = groupsOfItems(
      [{ ...item('i-a01'), ...place }, item('i-a02'), { ...item('i-a03'), ...place }],
      { ...scope, regions: '*' },
      new Map([['i-a03', 5]]),
    );
    expect(groups).toEqual([
      { target: place, finishes: undefined, ids: ['i-a01'] },
      { target: { ...target, regionId: '' }, finishes: undefined, ids: ['i-a02'] },
      { target: place, finishes: 5, ids: ['i-a03'] },
    ]);
  });
});

describe('a proof', () => {
  const NOW = Date.parse('2026-11-24T08:00:00.250Z');
  const jobOf = (ids: readonly string[]) =>
    createJob({ id: 'job', url: 'https://f.example/', target, restarts: { kind: 'off' }, ids });

  it('is of what was detached, each since its own request', () => {
    const ids = Array.from({ length: 502 }, (_, k) => `i-bp1${String(k).padStart(4, '0')}`);
    const first = ids.slice(0, 500).map((id) => item(id, id !== ids[3]));
    let job = markAnswered(jobOf(ids), 0, { at: undefined, items: first, tasks: [] }, NOW);
    const second = ids.slice(500).map((id) => item(id));
    job = markAnswered(job, 1, { at: undefined, items: second, tasks: [] }, NOW + 5_000);
    const { groups } = proofOf(withMore(job, ids.slice(3, 4)));
    expect(groups.map(({ since, ids: some }) => [since, some.length])).toEqual([
      [NOW, 499],
      [NOW + 5_000, 2],
    ]);
    expect(proofRequests(groups)[1]).toEqual({
      RegionId: 'cn-hangzhou',
      KeyPairName: 'leaked-key',
      InstanceIds: ids.slice(500),
      Verify: true,
      VerifySince: '2026-11-24T08:00:05.250Z',
    });
  });

  it('is by wave, and leaves out what never had the key pair', () => {
    const restarts = {
      kind: 'waves',
      force: false,
      batchSize: 1,
      intervalSeconds: 60,
      watch: { maxErrors: '0', healthTimeoutSeconds: 600, ready: 'Running' },
    } as const;
    const job = createJob({ id: 'job', url: '', target, restarts, ids: ['i-a01', 'i-a02', 'i-a03'] });
    const task = (id: string, delaySeconds: number) => ({
      taskId: `t-${id}`,
      ids: [id],
      delaySeconds,
      status: 'Enqueued',
      code: '',
      message: '',
    });
    const items = ['i-a01', 'i-a02', 'i-a03'].map((id) => item(id));
    const answered = markAnswered(job, 0, { at: NOW, items, tasks: [task('i-a01', 0), task('i-a02', 60)] }, NOW);
    expect(proofOf(answered)).toEqual({
      groups: [
        { target, since: NOW, due: NOW, task: 't-i-a01', request: 0, ids: ['i-a01'] },
        { target, since: NOW, due: NOW + 60_000, task: 't-i-a02', request: 0, ids: ['i-a02'] },
      ],
      watch: { ...restarts.watch, batchSize: 1 },
    });
  });

  it('is asked for a thousand instances at a time, those of one detach together', () => {
    const ids = Array.from({ length: 1_001 }, (_, k) => `i-bp1${k}`);
    const requests = proofRequests([
      { target, since: NOW, due: NOW, ids: ids.slice(0, 600) },
      { target, since: NOW, due: NOW + 1, ids: ids.slice(600) },
    ]);
    expect(requests.map(({ InstanceIds }) => InstanceIds.length)).toEqual([1_000, 1]);
  });

  it.each(['', 'acs:ram::1234567890123456:role/portal'])('fits into a link, with the role "%s"', async (roleArn) => {
    const named = { ...target, keyPairName: '密钥:1', roleArn };
    const watch = { maxErrors: '10%', healthTimeoutSeconds: 600, ready: 'CloudAssistant', batchSize: 50 } as const;
    const proof = {
      groups: [
        { target: named, since: NOW, due: NOW + 5, request: 1, ids: ['i-a01', 'i-a02'] },
        { target: named, since: NOW + 1, ids: ['i-a03'] },
      ],
      watch,
    };
    expect(await readProofHash((await proofHash(proof)) ?? '')).toEqual({ kind: 'proof', proof });
    const bad = { groups: [{ target: { ...named, keyPairName: '1' }, since: NOW, ids: ['i-a01'] }] };
    expect(await readProofHash((await proofHash(bad)) ?? '')).toEqual({ kind: 'unreadable' });
  });

  it('of any instances comes back from its link', async () => {
    const id = fc.stringMatching(/^i-[0-9A-Za-z]{3,40}$/);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(id, { minLength: 1, maxLength: 40 }), async (ids) => {
        const proof = { groups: [{ target, since: NOW, ids: [...ids].sort() }] };
        expect(await readProofHash((await proofHash(proof)) ?? '')).toEqual({ kind: 'proof', proof });
      }),
      { numRuns: 60 },
    );
  });

  it('has a shorter link than its ids, and none where that is still too long', async () => {
    const random = (count: number) =>
      Array.from({ length: count }, (_, k) => `i-bp1${createRandom(k)}${String(k).padStart(5, '0')}`);
    const link = await proofHash({ groups: [{ target, since: NOW, ids: random(1_200) }] });
    expect(link?.length).toBeLessThan(18_000);
    expect(await proofHash({ groups: [{ target, since: NOW, ids: random(4_000) }] })).toBeUndefined();
  });

  it.each([
    ['', undefined],
    ['#other', undefined],
    ['#verify?', { kind: 'empty' }],
    ['#verify?%', { kind: 'unreadable' }],
    ['#verify?abcd', { kind: 'unreadable' }],
    ['#verify?region=cn-hangzhou&keyPair=leaked-key', { kind: 'unreadable' }],
  ])('is read from the hash %s only when it is well formed', async (hash, expected) => {
    expect(await readProofHash(hash)).toEqual(expected);
  });

  it.each([
    ['no groups', { groups: [] }],
    ['a time that is none', { groups: [{ target, since: Number.NaN, ids: ['i-a01'] }] }],
    ['an id that is none', { groups: [{ target, since: NOW, ids: ['<b>'] }] }],
    [
      'a region that is a host',
      { groups: [{ target: { ...target, regionId: 'evil.example.com' }, since: NOW, ids: ['i-a01'] }] },
    ],
  ])('with %s is not taken from a link', async (_, proof) => {
    expect(await readProofHash((await proofHash(proof)) ?? '')).toEqual({ kind: 'unreadable' });
  });

  it.each([{ maxErrors: 'x', healthTimeoutSeconds: 1, ready: 'Running', batchSize: 1 } as const])(
    'takes no watch from a link that is none',
    async (watch) => {
      const groups = [{ target, since: NOW, ids: ['i-a01'] }];
      expect(await readProofHash((await proofHash({ groups, watch })) ?? '')).toEqual({
        kind: 'proof',
        proof: { groups },
      });
    },
  );
});

function createRandom(seed: number): string {
  let state = (seed + 1) * 2654435761;
  return Array.from({ length: 12 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 16) % 36).toString(36);
  }).join('');
}

describe('tones', () => {
  it('tell what is done from what is not', () => {
    expect(['Verify.Revoked', 'Verify.RebootPending', 'not sent', 'Forbidden.RAM'].map(toneOf)).toEqual([
      'good',
      'wait',
      'plain',
      'bad',
    ]);
  });
});
