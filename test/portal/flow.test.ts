import { describe, expect, it } from 'vitest';
import { evidenceOfJob, evidenceOfProof, readEvidence } from '../../portal/core/evidence.ts';
import { type Action, decided, initial, reduce, type State, sumOf } from '../../portal/core/flow.ts';
import { NOTHING_SEEN } from '../../portal/core/follow.ts';
import {
  confirmationOf,
  EMPTY_FORM,
  type Form,
  isWide,
  type Plan,
  planFor,
  readForm,
  readPlan,
} from '../../portal/core/form.ts';
import { allTargets, type Job, markAnswered, markSent, partRequest, withMore } from '../../portal/core/job.ts';
import { jobStore } from '../../portal/core/job-store.ts';
import { proofOf } from '../../portal/core/proof.ts';
import type { Item, Task } from '../../portal/core/reply.ts';
import { rowsOf } from '../../portal/core/rows.ts';
import { regionsIn } from '../../portal/text/regions.ts';

const NOW = Date.parse('2026-11-24T08:00:00Z');
const filled: Partial<Form> = { name: 'leaked-key', region: 'cn-hangzhou', ids: 'i-a01 i-a02' };
const would = (id: string, more: Partial<Item> = {}): Item => ({
  id,
  ok: true,
  code: 'DryRun.WouldDetach',
  message: '',
  name: `name-of-${id}`,
  ...more,
});
const unbound = (id: string): Item => ({ id, ok: false, code: 'DryRun.NotBound', message: '' });

function acted(actions: readonly Action[], from: State = initial('https://f.example/', undefined)): State {
  return actions.reduce(reduce, from);
}

const looked = (items: readonly Item[], form = filled): Action[] => [
  { type: 'form', change: form },
  { type: 'look' },
  { type: 'looked', found: { kind: 'found', items, places: [] } },
];

function jobIn({ screen }: State): Job {
  if (!('job' in screen)) throw new Error(`There is no job in ${screen.kind}`);
  return screen.job;
}

const start: Action = {
  type: 'start',
  id: 'job',
  restarts: { kind: 'waves', force: false, batchSize: 1, intervalSeconds: 60 },
};
const task = (id: string, delaySeconds: number): Task => ({
  taskId: `task-${id}`,
  ids: [id],
  delaySeconds,
  status: 'Enqueued',
  code: '',
  message: '',
});

/** A run of two instances that is over: both are detached, and have a wave each. */
function finished(): State {
  const running = acted([
    ...looked([would('i-a01'), would('i-a02')]),
    { type: 'decide' },
    start,
    { type: 'go', now: NOW },
  ]);
  const items = ['i-a01', 'i-a02'].map((id) => ({ id, ok: true, code: '200', message: '' }));
  const answer = { at: NOW, requestId: 'R', items, tasks: [task('i-a01', 0), task('i-a02', 60)] };
  const job = markAnswered(markSent(jobIn(running), 0, NOW), 0, answer, NOW);
  return acted(
    [
      { type: 'job', job, isKept: true },
      { type: 'halt', halt: { kind: 'finished' } },
    ],
    running,
  );
}

describe('the flow', () => {
  it('goes from choosing to looking only with what the function would take, and says what is wrong', () => {
    expect(acted([{ type: 'look' }]).screen).toEqual({ kind: 'choosing', wrong: ['key', 'regions', 'ids'] });
    const strange = acted([{ type: 'form', change: { ...filled, ids: 'i-a01 web-01' } }, { type: 'look' }]);
    expect(strange.screen).toEqual({ kind: 'choosing', wrong: ['strange'] });
    expect(acted([{ type: 'form', change: {} }], strange).screen).toEqual({ kind: 'choosing', wrong: [] });
    expect(acted([{ type: 'form', change: filled }, { type: 'look' }]).screen).toMatchObject({
      kind: 'looking',
      chosen: { choice: { kind: 'ids', ids: ['i-a01', 'i-a02'] } },
    });
  });

  it('takes what would be detached, and the rest only where it is ticked', () => {
    const state = acted([...looked([would('i-a01'), unbound('i-a02')]), { type: 'progress', progress: [1, 2] }]);
    const idsOf = ({ screen }: State) => (screen.kind === 'looking' ? decided(screen).map(({ id }) => id) : []);
    expect(idsOf(state)).toEqual(['i-a01']);
    const ticked = acted([{ type: 'tick', code: 'DryRun.NotBound', isTicked: true }], state);
    expect(idsOf(ticked)).toEqual(['i-a01', 'i-a02']);
    expect(idsOf(acted([{ type: 'tick', code: 'DryRun.NotBound', isTicked: false }], ticked))).toEqual(['i-a01']);
    expect(state.known.get('i-a01')?.name).toBe('name-of-i-a01');
  });

  it('goes back with all that was filled in and found', () => {
    const there = acted([...looked([would('i-a01')]), { type: 'decide' }]);
    const back = acted([{ type: 'back', to: 'looking' }], there);
    expect(back.screen).toMatchObject({ kind: 'looking', found: { kind: 'found' } });
    expect(acted([{ type: 'back', to: 'choosing' }], back).form.ids).toBe('i-a01 i-a02');
  });

  it('sends each place and key pair in requests of its own', () => {
    const items = [
      would('i-a01'),
      would('i-a02', { regionId: 'cn-beijing', keyPairName: 'other', roleArn: 'acs:ram::1:role/a' }),
    ];
    const job = jobIn(acted([...looked(items), { type: 'decide' }, start]));
    expect([partRequest(job, 0), partRequest(job, 1)]).toMatchObject([
      { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', InstanceIds: ['i-a01'], ClientToken: 'job.0' },
      { RegionId: 'cn-beijing', KeyPairName: 'other', RoleArn: 'acs:ram::1:role/a', InstanceIds: ['i-a02'] },
    ]);
  });

  it('sends one request about all places where the waves watch each other, so that a halt is a halt everywhere', () => {
    const beijing = { regionId: 'cn-beijing', keyPairName: 'leaked-key' };
    const watch = { maxErrors: '0', healthTimeoutSeconds: 600, ready: 'Running' } as const;
    const restarts = { kind: 'waves', force: false, batchSize: 2, intervalSeconds: 60, watch } as const;
    const items = [would('i-a01', { regionId: 'cn-hangzhou' }), would('i-a02', beijing), would('i-a03', beijing)];
    const wide: Partial<Form> = { ...filled, where: 'all', tags: [{ key: 'team', value: '' }] };
    const before = acted([...looked(items, wide), { type: 'decide' }]);
    const job = jobIn(acted([{ ...start, restarts }], before));
    expect(partRequest(job, 0)).toEqual({
      RegionId: '*',
      KeyPairName: 'leaked-key',
      Filter: { Tags: [{ Key: 'team' }] },
      Reboot: { BatchSize: 2, IntervalSeconds: 60, MaxErrors: 0, HealthTimeoutSeconds: 600, Ready: 'Running' },
      ClientToken: 'job.0',
    });
    expect(job.parts).toHaveLength(1);
    expect(rowsOf(job).map(({ id, state, target }) => [id, state, target.regionId])).toEqual([
      ['i-a01', 'not sent', 'cn-hangzhou'],
      ['i-a02', 'not sent', 'cn-beijing'],
      ['i-a03', 'not sent', 'cn-beijing'],
    ]);

    // By then another one has got the key, and one has lost it.
    const done = (id: string, regionId: string) => ({ id, ok: true, code: '200', message: '', regionId });
    const answer = {
      at: NOW,
      requestId: 'R',
      items: [done('i-a01', 'cn-hangzhou'), done('i-a03', 'cn-beijing'), done('i-a04', 'cn-beijing')],
      tasks: [task('i-a01', 0), task('i-a03', 0), task('i-a04', 60)],
    };
    const answered = markAnswered(markSent(job, 0, NOW), 0, answer, NOW);
    expect(rowsOf(answered).map(({ id, code, target }) => [id, code, target.regionId])).toEqual([
      ['i-a01', '200', 'cn-hangzhou'],
      ['i-a02', 'NotListed', 'cn-beijing'],
      ['i-a03', '200', 'cn-beijing'],
      ['i-a04', '200', 'cn-beijing'],
    ]);
    expect(proofOf(answered).groups.map(({ target, request, ids }) => [target.regionId, request, ids])).toEqual([
      ['cn-hangzhou', 0, ['i-a01']],
      ['cn-beijing', 0, ['i-a03']],
      ['cn-beijing', 0, ['i-a04']],
    ]);
    // What is tried again or finished is named, place by place.
    expect(allTargets(withMore(answered, ['i-a02'])).at(-1)?.regionId).toBe('cn-beijing');
    const again = markSent(withMore(answered, ['i-a01', 'i-a02']), 1, NOW);
    expect([partRequest(again, 1), partRequest(again, 2)]).toMatchObject([
      { RegionId: 'cn-hangzhou', InstanceIds: ['i-a01'] },
      { RegionId: 'cn-beijing', InstanceIds: ['i-a02'] },
    ]);
    const store = new Map<string, string>();
    const jobs = jobStore({
      getItem: (key) => store.get(key) ?? null,
      setItem: (key, value) => store.set(key, value),
      removeItem: (key) => store.delete(key),
    });
    jobs.save(answered);
    expect(rowsOf(jobs.load() ?? job)).toEqual(rowsOf(answered));
  });

  it('notes what the agents of the instances say', () => {
    const decidedOn = acted([...looked([would('i-a01')]), { type: 'decide' }]);
    const asked = acted([{ type: 'agents', agents: 'asked' }], decidedOn);
    expect(asked.screen).toMatchObject({ agents: 'asked' });
    const agents = { kind: 'found', items: [would('i-a01', { agent: 'Offline' })], places: [] } as const;
    expect(acted([{ type: 'agents', agents }], asked).known.get('i-a01')?.agent).toBe('Offline');
  });

  it('runs, stops after a request, and shows the result with the rollout to follow', () => {
    const running = acted([...looked([would('i-a01')]), { type: 'decide' }, start, { type: 'go', now: NOW }]);
    expect(acted([{ type: 'stop' }], running).screen).toMatchObject({ run: { kind: 'goes', isStopping: true } });
    const halted = acted([{ type: 'halt', halt: { kind: 'stopped' } }], running);
    expect(halted.screen).toMatchObject({ kind: 'running', run: { kind: 'stopped' } });
    const ended = acted([{ type: 'end' }], halted);
    expect(ended.screen.kind).toBe('result');
    expect(ended.following).toBeUndefined();
    expect(acted([{ type: 'take up' }], ended).screen).toMatchObject({ kind: 'running', run: { kind: 'interrupted' } });
    expect(acted([{ type: 'retry', ids: ['i-a01'] }], ended).screen.kind).toBe('running');
    expect(finished().following?.proof.groups).toHaveLength(2);
    expect(sumOf(jobIn(finished()))).toEqual({ total: 2, done: 2, failed: 0 });
    expect(acted([{ type: 'no room' }], running).screen).toMatchObject({ run: { kind: 'no room' } });
  });

  it('finds a job that a reload has interrupted, and one that is over', () => {
    const kept = jobIn(finished());
    expect(initial('https://other.example/', kept)).toMatchObject({
      connection: { url: 'https://f.example/' },
      screen: { kind: 'result' },
      following: { isAsking: false },
    });
    const half = jobIn(acted([...looked([would('i-a01')]), { type: 'decide' }, start]));
    expect(initial('', half).screen).toMatchObject({ kind: 'running', run: { kind: 'interrupted' } });
    expect(acted([{ type: 'leave', kept }], acted([{ type: 'verify', proof: undefined }])).screen.kind).toBe('result');
    expect(acted([{ type: 'leave', kept: undefined }]).screen.kind).toBe('choosing');
    expect(acted([{ type: 'anew' }], finished()).screen.kind).toBe('choosing');
  });

  it('notes what a round has shown and which tasks are out of the queue', () => {
    const seen = {
      ...NOTHING_SEEN,
      at: NOW,
      items: new Map([['i-a01', { ...would('i-a01'), status: 'Running', requestId: 'V', seenAt: NOW }]]),
    };
    const state = acted([{ type: 'asking' }, { type: 'seen', seen }, { type: 'stop tasks' }], finished());
    expect(state.following).toMatchObject({ isAsking: false, seen, stop: 'asked' });
    expect(state.known.get('i-a01')?.status).toBe('Running');
    const stops = [task('i-a01', 0), task('i-a02', 60)].map((one, k) => ({
      ...one,
      status: k === 0 ? 'Running' : 'Stopped',
    }));
    const reply = { kind: 'answer', at: NOW, requestId: 'S', items: [], isTruncated: false, tasks: [], stops } as const;
    expect(jobIn(acted([{ type: 'tasks stopped', reply }], state)).stopped).toEqual(['task-i-a02']);
    expect(acted([{ type: 'asking' }]).following).toBeUndefined();
  });

  it('finishes what was halted as the same detach, since the time that it began', () => {
    const job = jobIn(acted([{ type: 'finish', ids: ['i-a02'] }], finished()));
    expect(partRequest(markSent(job, 1, NOW), 1)).toMatchObject({
      InstanceIds: ['i-a02'],
      DetachedSince: '2026-11-24T08:00:00.000Z',
      Reboot: { BatchSize: 1 },
      ClientToken: 'job.1',
    });
    expect(job.from).toBe(1);
  });

  it('finishes what a link shows too, once it is decided how', () => {
    const proof = proofOf(jobIn(finished()));
    const state = acted([
      { type: 'verify', proof },
      { type: 'finish', ids: ['i-a02'] },
    ]);
    expect(state.screen).toMatchObject({ kind: 'restarts', items: [{ id: 'i-a02', regionId: 'cn-hangzhou' }] });
    expect(state.plan.how).toBe('restart');
    expect(partRequest(jobIn(acted([start], state)), 0)).toMatchObject({
      RegionId: 'cn-hangzhou',
      InstanceIds: ['i-a02'],
      DetachedSince: '2026-11-24T08:00:00.000Z',
    });
  });

  it.each<Action>([
    { type: 'looked', found: { kind: 'too many' } },
    { type: 'agents', agents: 'asked' },
    { type: 'progress', progress: [0, 1] },
    { type: 'tick', code: 'x', isTicked: true },
    { type: 'decide' },
    start,
    { type: 'no room' },
    { type: 'go', now: NOW },
    { type: 'stop' },
    { type: 'halt', halt: { kind: 'stopped' } },
    { type: 'end' },
    { type: 'retry', ids: [] },
    { type: 'take up' },
    { type: 'finish', ids: [] },
    { type: 'back', to: 'looking' },
    { type: 'job', job: jobIn(finished()), isKept: true },
  ])('leaves the first step as it is for what belongs elsewhere: $type', (action) => {
    const state = initial('https://f.example/', undefined);
    expect(reduce(state, action)).toBe(state);
  });
});

describe('what is filled in', () => {
  it.each<[string, Partial<Form>, object]>([
    ['one region', {}, { scope: { regions: ['cn-hangzhou'], roles: [] }, choice: { kind: 'ids' } }],
    [
      'several regions',
      { where: 'several', regions: ['cn-beijing'], otherRegions: 'cn-x, cn-beijing' },
      { scope: { regions: ['cn-beijing', 'cn-x'] }, choice: { kind: 'filter' } },
    ],
    ['all regions and accounts', { where: 'all', accounts: 'all' }, { scope: { regions: '*', roles: '*' } }],
    [
      'one other account',
      { accounts: 'roles', roles: 'acs:ram::1:role/a' },
      { scope: { roles: ['acs:ram::1:role/a'] }, choice: { kind: 'ids' } },
    ],
    [
      'every instance with tags',
      {
        which: 'filter',
        tags: [
          { key: 'a', value: '' },
          { key: '', value: '' },
        ],
      },
      { choice: { kind: 'filter', tags: [{ key: 'a', value: '' }] } },
    ],
  ])('is read: %s', (_, form, expected) => {
    expect(readForm({ ...EMPTY_FORM, ...filled, ...form })).toMatchObject({ chosen: expected });
  });

  it('is wide as soon as ids could not belong to one request', () => {
    const wide = (form: Partial<Form>) => isWide({ ...EMPTY_FORM, ...form });
    expect([
      wide({}),
      wide({ where: 'all' }),
      wide({ keyKind: 'public key' }),
      wide({ accounts: 'roles', roles: 'a b' }),
    ]).toEqual([false, true, true, true]);
  });

  it.each<[Partial<Plan>, object]>([
    [{}, { kind: 'off' }],
    [
      { how: 'online', closeSessions: true },
      { kind: 'off', online: { timeoutSeconds: 120, closeSessions: true } },
    ],
    [
      { how: 'restart', spread: 'at once', force: true },
      { kind: 'at once', force: true },
    ],
    [
      { how: 'both', batchSize: '5', interval: '' },
      { kind: 'waves', batchSize: 5, intervalSeconds: Number.NaN, online: {} },
    ],
    [
      { how: 'restart', watches: true, at: '2026-11-24T22:00' },
      {
        watch: { maxErrors: '10%', healthTimeoutSeconds: 600, ready: 'Running' },
        notBefore: new Date('2026-11-24T22:00').getTime(),
      },
    ],
  ])('is a plan: %j', (plan, expected) => {
    expect(readPlan({ ...planFor(100), ...plan })).toMatchObject(expected);
  });

  it('is confirmed by the name, or by the number where there is no name', () => {
    const { screen } = acted(looked([]));
    if (screen.kind !== 'looking') throw new Error(screen.kind);
    expect(confirmationOf(screen.chosen, 3)).toBe('leaked-key');
    const scope = { ...screen.chosen.scope, key: { kind: 'public key', text: 'ssh-rsa x' } } as const;
    expect(confirmationOf({ ...screen.chosen, scope }, 3)).toBe('3');
  });
});

describe('the evidence', () => {
  const seen = {
    ...NOTHING_SEEN,
    at: NOW,
    items: new Map([
      ['i-a01', { id: 'i-a01', ok: true, code: 'Verify.Revoked', message: 'ok', requestId: 'V', seenAt: NOW }],
    ]),
  };
  const known = { seen, nameOf: (id: string) => (id === 'i-a01' ? 'web "1"' : undefined) };

  it('says in each line what was done where, by which request, and what has verified it', () => {
    const [header = '', first = ''] = evidenceOfJob(jobIn(finished()), known).split('\r\n');
    const columns = Object.fromEntries(
      header
        .slice(1)
        .split(',')
        .map((name, k) => [name, first.split(',')[k]]),
    );
    expect(columns).toMatchObject({
      RegionId: 'cn-hangzhou',
      KeyPairName: 'leaked-key',
      InstanceId: 'i-a01',
      InstanceName: '"web ""1"""',
      Outcome: 'detached',
      DetachRequestId: 'R',
      DetachedBy: '2026-11-24T08:00:00.000Z',
      RestartTaskId: 'task-i-a01',
      VerifyCode: 'Verify.Revoked',
      VerifyRequestId: 'V',
      VerifiedAt: '2026-11-24T08:00:00.000Z',
      Function: 'https://f.example/',
      JobId: 'job',
    });
  });

  it('of a job and of a verification shows what was detached when it is pasted', () => {
    const proof = proofOf(jobIn(finished()));
    const groups = proof.groups.map(({ task: _, ...group }) => group);
    expect(readEvidence(evidenceOfJob(jobIn(finished()), known))).toEqual({ groups });
    expect(readEvidence(evidenceOfProof(proof, 'https://f.example/', known))).toEqual({ groups });
  });

  it.each([
    ['any list', 'i-a01\ni-a02'],
    ['a header alone', 'InstanceId,DetachedBy,KeyPairName'],
    ['lines that prove nothing', 'InstanceId,DetachedBy,KeyPairName,RegionId\ni-a01,,leaked-key,cn-hangzhou'],
  ])('is not seen in %s', (_, text) => {
    expect(readEvidence(text)).toBeUndefined();
  });

  it('names what was not queued, and what has no answer', () => {
    const running = acted([...looked([would('i-a01'), would('i-a02')]), { type: 'decide' }, start]);
    const failed = { ...task('i-a01', 0), status: 'Failed', code: 'Throttling', message: 'Slow down.' };
    const items = [{ id: 'i-a01', ok: true, code: '200', message: '' }];
    const removals = [{ ...task('i-a01', 0), taskId: 'remove-1' }];
    const job = markAnswered(jobIn(running), 0, { at: NOW, items, tasks: [failed], removals }, NOW);
    const text = evidenceOfJob(job, { seen: NOTHING_SEEN, nameOf: () => undefined });
    expect(text).toContain('Throttling,Slow down.,remove-1');
    expect(evidenceOfJob(jobIn(running), known)).toContain('not sent,NotSent');
  });
});

it('every region has a name in both languages', () => {
  const [english, chinese] = [regionsIn('en'), regionsIn('zh')];
  expect([...chinese.keys()]).toEqual([...english.keys()]);
  expect([...english].filter(([id, name]) => !/^[a-z]{2}-[a-z0-9-]+$/.test(id) || !/^\w.*\w\)?$/.test(name))).toEqual(
    [],
  );
  expect([...chinese.values()].filter((name) => !/^[\p{Script=Han}（）]+$/u.test(name))).toEqual([]);
});
