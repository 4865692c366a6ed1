import { describe, expect, it } from 'vitest';
import { dryRun } from '../../portal/core/dry-run.ts';
import { createJob, markAnswered, withMore } from '../../portal/core/job.ts';
import { labelOf, labelOfState } from '../../portal/core/labels.ts';
import { proofHash, proofOf, proofRequests, readProofHash } from '../../portal/core/proof.ts';
import type { Reply } from '../../portal/core/reply.ts';

const target = { regionId: 'cn-hangzhou', keyPairName: 'leaked-key', roleArn: '' };
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
    const found = await dryRun(target, { kind: 'ids', ids }, { ask, onProgress: (...progress) => told.push(progress) });
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
    await dryRun(target, { kind: 'filter', tags: [{ key: 'team', value: 'web' }] }, { ask });
    expect(sent).toEqual([
      {
        RegionId: 'cn-hangzhou',
        KeyPairName: 'leaked-key',
        DryRun: true,
        Filter: { Tags: [{ Key: 'team', Value: 'web' }] },
      },
    ]);
  });

  it('fails whole with the reply that it got, and does not go on', async () => {
    const silence: Reply = { kind: 'silence', url: 'https://f.example/', message: 'Failed to fetch' };
    const { sent, ask } = scripted(silence);
    const ids = Array.from({ length: 2_100 }, (_, k) => `i-bp1${k}`);
    expect(await dryRun(target, { kind: 'ids', ids }, { ask })).toEqual({ kind: 'failed', reply: silence });
    expect(sent).toHaveLength(1);
  });

  it('says when an answer could not list all', async () => {
    const { ask } = scripted(answer(['i-a01'], true));
    expect(await dryRun(target, { kind: 'filter', tags: [] }, { ask })).toEqual({ kind: 'too many' });
  });
});

describe('a proof', () => {
  const NOW = Date.parse('2026-11-24T08:00:00.250Z');
  const jobOf = (ids: readonly string[]) =>
    createJob({ id: 'job', url: 'https://f.example/', target, restarts: { kind: 'off' }, ids });

  it('is of what was detached, each since its own request', () => {
    const ids = Array.from({ length: 502 }, (_, k) => `i-bp1${String(k).padStart(4, '0')}`);
    let job = markAnswered(
      jobOf(ids),
      0,
      { at: undefined, items: ids.slice(0, 500).map((id) => item(id, id !== ids[3])), tasks: [] },
      NOW,
    );
    job = markAnswered(job, 1, { at: undefined, items: ids.slice(500).map((id) => item(id)), tasks: [] }, NOW + 5_000);
    const { groups } = proofOf(withMore(job, ids.slice(3, 4)));
    expect(groups.map(({ since, ids: some }) => [since, some.length])).toEqual([
      [NOW, 499],
      [NOW + 5_000, 2],
    ]);
    expect(proofRequests(proofOf(job))[1]).toEqual({
      RegionId: 'cn-hangzhou',
      KeyPairName: 'leaked-key',
      InstanceIds: ids.slice(500),
      Verify: true,
      VerifySince: '2026-11-24T08:00:05.250Z',
    });
  });

  it('is asked for a thousand instances at a time', () => {
    const ids = Array.from({ length: 1_001 }, (_, k) => `i-bp1${k}`);
    const requests = proofRequests({ target, groups: [{ since: NOW, ids }] });
    expect(requests.map(({ InstanceIds }) => InstanceIds.length)).toEqual([1_000, 1]);
  });

  it.each(['', 'acs:ram::1234567890123456:role/portal'])('fits into a link, with the role "%s"', (roleArn) => {
    const proof = {
      target: { ...target, keyPairName: '密钥 &=#', roleArn },
      groups: [
        { since: NOW, ids: ['i-a01', 'i-a02'] },
        { since: NOW + 1, ids: ['i-a03'] },
      ],
    };
    const named = { ...proof, target: { ...proof.target, keyPairName: '密钥:1' } };
    expect(readProofHash(proofHash(named, 'job'))).toEqual({ kind: 'proof', proof: named });
    expect(readProofHash(proofHash(proof, 'job'))).toEqual({ kind: 'unreadable' });
  });

  it('of too many instances is linked by its job', () => {
    const ids = Array.from({ length: 2_000 }, (_, k) => `i-bp1d6tsvznfghy7y${String(k).padStart(4, '0')}`);
    const hash = proofHash({ target, groups: [{ since: NOW, ids }] }, 'job');
    expect(hash).toBe('#verify?region=cn-hangzhou&keyPair=leaked-key&job=job');
    expect(readProofHash(hash)).toEqual({ kind: 'job', jobId: 'job' });
  });

  it.each([
    ['', undefined],
    ['#other', undefined],
    ['#verify?', { kind: 'unreadable' }],
    ['#verify?region=cn-hangzhou&keyPair=leaked-key', { kind: 'unreadable' }],
    ['#verify?region=cn-hangzhou&keyPair=leaked-key&detached=yesterday~a01', { kind: 'unreadable' }],
    ['#verify?region=cn-hangzhou&keyPair=leaked-key&detached=2026-11-24T08:00:00Z', { kind: 'unreadable' }],
    ['#verify?region=cn-hangzhou&keyPair=leaked-key&detached=2026-11-24T08:00:00Z~<b>', { kind: 'unreadable' }],
    ['#verify?region=evil.example.com&keyPair=leaked-key&job=x', { kind: 'unreadable' }],
    ['#verify?region=cn-hangzhou&job=x', { kind: 'unreadable' }],
  ])('is read from the hash %s only when it is well formed', (hash, expected) => {
    expect(readProofHash(hash)).toEqual(expected);
  });
});

describe('labels', () => {
  it('say codes and states in few words, and an unknown one as it is', () => {
    expect([labelOf('Verify.RebootPending'), labelOf('Forbidden.RAM')]).toEqual([
      { text: 'Restart pending', tone: 'wait' },
      { text: 'Forbidden.RAM', tone: 'bad' },
    ]);
    expect([labelOfState('not sent'), labelOfState('odd')]).toEqual([
      { text: 'Not sent', tone: 'plain' },
      { text: 'odd', tone: 'plain' },
    ]);
  });
});
