import { type Chosen, type DryRun, filterFields, groupsOfItems } from './dry-run.ts';
import { NOTHING_SEEN, type Seen } from './follow.ts';
import { EMPTY_FORM, type Form, type FormField, type Plan, planFor, readForm } from './form.ts';
import {
  createJob,
  createWideJob,
  ended,
  finishing,
  type Job,
  nextPart,
  takenUp,
  withMore,
  withStopped,
} from './job.ts';
import { type Proof, proofOf } from './proof.ts';
import type { Item, Refusal, Reply, Silence } from './reply.ts';
import { belongTogether, type Restarts } from './restarts.ts';
import type { Halt } from './run-job.ts';

/** What is decided, in the order of its decisions; each holds what was decided before it. */
export type Screen =
  | { readonly kind: 'choosing'; readonly wrong: readonly FormField[] }
  | {
      readonly kind: 'looking';
      readonly chosen: Chosen;
      readonly progress?: readonly [done: number, total: number];
      readonly found?: DryRun;
      /** Codes of those that are sent all the same. */
      readonly ticked: readonly string[];
    }
  | {
      readonly kind: 'restarts';
      readonly chosen: Chosen;
      readonly items: readonly Item[];
      /** The dry run that they are of. */
      readonly looked?: Looked;
      /** They are detached already, by then (ms since the epoch): what is left is finished. */
      readonly finishes?: ReadonlyMap<string, number>;
      /** What was found of their agents, where the key is taken out online. */
      readonly agents?: 'asked' | DryRun;
    }
  | { readonly kind: 'running'; readonly job: Job; readonly run: Run }
  | { readonly kind: 'result'; readonly job: Job }
  | { readonly kind: 'verifying' };

type Looked = Extract<Screen, { kind: 'looking' }>;
type Deciding = Extract<Screen, { kind: 'restarts' }>;

/** How the run stands. `since`: when it was started or last gone on with, and how many were done by then. */
export type Run =
  | {
      readonly kind: 'goes';
      readonly isStopping: boolean;
      readonly since: { readonly at: number; readonly done: number };
    }
  | { readonly kind: 'interrupted' | 'no room' }
  | Exclude<Halt, { kind: 'finished' }>;

/** A rollout that is followed. */
export type Following = {
  readonly proof: Proof;
  readonly seen: Seen;
  readonly isAsking: boolean;
  /** Why the last round got no answer. */
  readonly failure?: Refusal | Silence;
  /** The answer to the request that stops what waits. */
  readonly stop?: 'asked' | Reply;
};

export type State = {
  readonly connection: {
    readonly url: string;
    readonly token: string;
    readonly isOpen: boolean;
    readonly isWrong: boolean;
  };
  readonly form: Form;
  readonly plan: Plan;
  readonly screen: Screen;
  readonly following: Following | undefined;
  /** What the instances are called, as far as any answer has said so. */
  readonly known: ReadonlyMap<string, Item>;
  /** The browser has no room left for the job. */
  readonly isUnkept: boolean;
};

export type Action =
  | { readonly type: 'connection'; readonly change: Partial<State['connection']> }
  | { readonly type: 'form'; readonly change: Partial<Form> }
  | { readonly type: 'plan'; readonly change: Partial<Plan> }
  | { readonly type: 'look' }
  | { readonly type: 'progress'; readonly progress: readonly [number, number] }
  | { readonly type: 'looked'; readonly found: DryRun }
  | { readonly type: 'tick'; readonly code: string; readonly isTicked: boolean }
  | { readonly type: 'decide' }
  | { readonly type: 'agents'; readonly agents: 'asked' | DryRun }
  | { readonly type: 'back'; readonly to: 'choosing' | 'looking' }
  | { readonly type: 'start'; readonly id: string; readonly restarts: Restarts }
  | { readonly type: 'no room' }
  | { readonly type: 'go'; readonly now: number }
  | { readonly type: 'stop' }
  | { readonly type: 'job'; readonly job: Job; readonly isKept: boolean }
  | { readonly type: 'halt'; readonly halt: Halt }
  | { readonly type: 'end' }
  | { readonly type: 'retry'; readonly ids: readonly string[] }
  | { readonly type: 'take up' }
  | { readonly type: 'finish'; readonly ids: readonly string[] }
  | { readonly type: 'anew' }
  | { readonly type: 'verify'; readonly proof: Proof | undefined }
  | { readonly type: 'leave'; readonly kept: Job | undefined }
  | { readonly type: 'asking' }
  | { readonly type: 'seen'; readonly seen: Seen; readonly failure?: Refusal | Silence }
  | { readonly type: 'stop tasks' }
  | { readonly type: 'tasks stopped'; readonly reply: Reply };

export const WOULD = 'DryRun.WouldDetach';

/** The page as it opens: with the job that a reload has interrupted, if there is one. */
export function initial(url: string, kept: Job | undefined): State {
  const state: State = {
    connection: { url: kept?.url ?? url, token: '', isOpen: url === '', isWrong: false },
    form: EMPTY_FORM,
    plan: planFor(1),
    screen: { kind: 'choosing', wrong: [] },
    following: undefined,
    known: new Map(),
    isUnkept: false,
  };
  return kept ? withKept(state, kept) : state;
}

export function reduce(state: State, action: Action): State {
  const { screen } = state;
  switch (action.type) {
    case 'connection':
      return { ...state, connection: { ...state.connection, isWrong: false, ...action.change } };
    case 'form':
      return {
        ...state,
        form: { ...state.form, ...action.change },
        ...(screen.kind === 'choosing' && { screen: { kind: 'choosing', wrong: [] } }),
      };
    case 'plan':
      return { ...state, plan: { ...state.plan, ...action.change } };
    case 'look': {
      const read = readForm(state.form);
      if ('wrong' in read) return { ...state, screen: { kind: 'choosing', wrong: read.wrong } };
      return { ...state, screen: { kind: 'looking', chosen: read.chosen, ticked: [] } };
    }
    case 'progress':
      return screen.kind === 'looking' ? { ...state, screen: { ...screen, progress: action.progress } } : state;
    case 'looked':
      if (screen.kind !== 'looking') return state;
      return { ...withFound(state, action.found), screen: { ...screen, found: action.found } };
    case 'agents':
      if (screen.kind !== 'restarts') return state;
      return { ...withFound(state, action.agents), screen: { ...screen, agents: action.agents } };
    case 'tick': {
      if (screen.kind !== 'looking') return state;
      const others = screen.ticked.filter((code) => code !== action.code);
      return { ...state, screen: { ...screen, ticked: action.isTicked ? [...others, action.code] : others } };
    }
    case 'decide': {
      if (screen.kind !== 'looking') return state;
      const items = decided(screen);
      return {
        ...state,
        plan: planFor(items.length),
        screen: { kind: 'restarts', chosen: screen.chosen, looked: screen, items },
      };
    }
    case 'back':
      if (action.to === 'choosing') return { ...state, screen: { kind: 'choosing', wrong: [] } };
      return screen.kind === 'restarts' && screen.looked ? { ...state, screen: screen.looked } : state;
    case 'start': {
      if (screen.kind !== 'restarts') return state;
      const groups = groupsOfItems(screen.items, screen.chosen.scope, screen.finishes);
      const [first] = groups;
      if (!first) return state;
      const { id, restarts } = action;
      const rest = { id, url: state.connection.url, target: first.target, restarts };
      const job = isOneRequest(screen, restarts)
        ? createWideJob(rest, { fields: filterFields(screen.chosen), groups })
        : createJob({ ...rest, ids: [], others: groups });
      return running({ ...state, following: undefined }, job, { kind: 'interrupted' });
    }
    case 'no room':
      return screen.kind === 'running' ? { ...state, screen: { ...screen, run: { kind: 'no room' } } } : state;
    case 'go': {
      if (screen.kind !== 'running') return state;
      const since = { at: action.now, done: sumOf(screen.job).done };
      return { ...state, screen: { ...screen, run: { kind: 'goes', isStopping: false, since } } };
    }
    case 'stop':
      if (screen.kind !== 'running' || screen.run.kind !== 'goes') return state;
      return { ...state, screen: { ...screen, run: { ...screen.run, isStopping: true } } };
    case 'job':
      if (screen.kind !== 'running') return state;
      return { ...state, isUnkept: !action.isKept, screen: { ...screen, job: action.job } };
    case 'halt':
      if (screen.kind !== 'running') return state;
      if (action.halt.kind === 'finished') return withResult(state, screen.job);
      return following({ ...state, screen: { ...screen, run: action.halt } }, proofOf(screen.job));
    case 'end':
      return screen.kind === 'running' ? withResult(state, ended(screen.job)) : state;
    case 'retry':
      return screen.kind === 'result'
        ? running(state, withMore(screen.job, action.ids), { kind: 'interrupted' })
        : state;
    case 'take up':
      return screen.kind === 'result' ? running(state, takenUp(screen.job), { kind: 'interrupted' }) : state;
    case 'finish':
      if (screen.kind === 'result') return running(state, finishing(screen.job, action.ids), { kind: 'interrupted' });
      return screen.kind === 'verifying' ? toFinish(state, action.ids) : state;
    case 'anew':
      return { ...initial(state.connection.url, undefined), connection: state.connection };
    case 'verify': {
      const next: State = { ...state, screen: { kind: 'verifying' } };
      return action.proof
        ? following({ ...next, following: undefined }, action.proof)
        : { ...next, following: undefined };
    }
    case 'leave': {
      const next: State = { ...state, screen: { kind: 'choosing', wrong: [] }, following: undefined };
      return action.kept ? withKept(next, action.kept) : next;
    }
    default:
      return reduceFollowing(state, action);
  }
}

function reduceFollowing(
  state: State,
  action: Extract<Action, { type: 'asking' | 'seen' | 'stop tasks' | 'tasks stopped' }>,
): State {
  const { following: now, screen } = state;
  if (!now) return state;
  switch (action.type) {
    case 'asking':
      return { ...state, following: { ...now, isAsking: true } };
    case 'seen': {
      const { failure: _, ...rest } = now;
      const { seen, failure } = action;
      const next = { ...rest, seen, isAsking: false, ...(failure && { failure }) };
      return { ...state, known: withNames(state.known, [...seen.items.values()]), following: next };
    }
    case 'stop tasks':
      return { ...state, following: { ...now, stop: 'asked' } };
    case 'tasks stopped': {
      const next = { ...state, following: { ...now, stop: action.reply } };
      if (action.reply.kind !== 'answer' || (screen.kind !== 'result' && screen.kind !== 'running')) return next;
      const { stops = [] } = action.reply;
      const gone = stops.flatMap(({ taskId = '', status }) => (status === 'Stopped' ? [taskId] : []));
      return { ...next, screen: { ...screen, job: withStopped(screen.job, gone) } };
    }
  }
}

/** Whether all places go into one request, which finds its instances by itself. */
export function isOneRequest({ chosen, items, finishes }: Deciding, restarts: Restarts): boolean {
  const canFind = !finishes && chosen.choice.kind === 'filter';
  return canFind && belongTogether(groupsOfItems(items, chosen.scope).length, restarts);
}

/** The items that are sent: those that would be detached, and those that the person has ticked. */
export function decided({ found, ticked }: Looked): readonly Item[] {
  if (found?.kind !== 'found') return [];
  return found.items.filter(({ code }) => code === WOULD || ticked.includes(code));
}

/** Instances of what is being done now. */
export function sumOf({ parts, from }: Job): { total: number; done: number; failed: number } {
  let [total, done, failed] = [0, 0, 0];
  for (const part of parts.slice(from)) {
    const outcomes = part.done?.outcomes ?? [];
    total += part.ids.length;
    done += outcomes.length;
    failed += outcomes.filter(({ ok }) => !ok).length;
  }
  return { total, done, failed };
}

/** A rollout that another page began: how it is finished is decided here. */
function toFinish(state: State, ids: readonly string[]): State {
  const wanted = new Set(ids);
  const finishes = new Map<string, number>();
  const items: Item[] = [];
  for (const { target, since, ids: all } of state.following?.proof.groups ?? []) {
    for (const id of all.filter((one) => wanted.has(one))) {
      finishes.set(id, since);
      items.push({ ...state.known.get(id), id, ok: true, code: '', message: '', ...target });
    }
  }
  const names = [...new Set(items.map(({ keyPairName = '' }) => keyPairName))];
  const regions = [...new Set(items.map(({ regionId = '' }) => regionId))];
  const roles = [...new Set(items.map(({ roleArn = '' }) => roleArn))].filter((role) => role !== '');
  const scope = { key: { kind: 'name', text: names.join() }, regions, roles, allowDifferentKeys: false } as const;
  const chosen: Chosen = { scope, choice: { kind: 'ids', ids } };
  return {
    ...state,
    plan: { ...planFor(ids.length), how: 'restart' },
    screen: { kind: 'restarts', chosen, items, finishes },
  };
}

function running(state: State, job: Job, run: Run): State {
  return { ...state, screen: { kind: 'running', job, run } };
}

function withKept(state: State, kept: Job): State {
  if (nextPart(kept) < 0) return withResult(state, kept);
  return following(running(state, kept, { kind: 'interrupted' }), proofOf(kept));
}

function withResult(state: State, job: Job): State {
  return following({ ...state, screen: { kind: 'result', job } }, proofOf(job));
}

/** What has been seen of the same instances since stays. */
function following(state: State, proof: Proof): State {
  if (proof.groups.length === 0) return { ...state, following: undefined };
  const items = state.following?.seen.items ?? NOTHING_SEEN.items;
  const isTheSame = state.following && proof.groups.every(({ ids }) => ids.every((id) => items.has(id)));
  const seen = isTheSame && state.following ? { ...state.following.seen, doneAt: NOTHING_SEEN.doneAt } : NOTHING_SEEN;
  return { ...state, following: { proof, seen, isAsking: false } };
}

function withFound(state: State, found: 'asked' | DryRun): State {
  if (found === 'asked' || found.kind !== 'found') return state;
  return { ...state, known: withNames(state.known, found.items) };
}

function withNames(known: State['known'], items: readonly Item[]): State['known'] {
  const named = items.filter(({ name, status }) => name !== undefined || status !== undefined);
  if (named.length === 0) return known;
  const all = new Map(known);
  for (const item of named) all.set(item.id, { ...all.get(item.id), ...item });
  return all;
}
