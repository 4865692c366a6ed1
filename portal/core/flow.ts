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
import { namesOf, type Proof, proofOf } from './proof.ts';
import type { Item, Refusal, Reply, Silence } from './reply.ts';
import { belongTogether, type Restarts } from './restarts.ts';
import type { Halt } from './run-job.ts';
import type { Target } from './target.ts';

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

const CHOOSING = { kind: 'choosing', wrong: [] } as const;

/** The page as it opens: with the job that a reload has interrupted, if there is one. */
export function initial(url: string, kept: Job | undefined): State {
  const state: State = {
    connection: { url: kept?.url ?? url, token: '', isOpen: url === '', isWrong: false },
    form: EMPTY_FORM,
    plan: planFor(1),
    screen: CHOOSING,
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
    case 'form': {
      const next = { ...state, form: { ...state.form, ...action.change } };
      return screen.kind === 'choosing' ? shown(next, CHOOSING) : next;
    }
    case 'plan':
      return { ...state, plan: { ...state.plan, ...action.change } };
    case 'look': {
      const read = readForm(state.form);
      return shown(
        state,
        'wrong' in read ? { ...CHOOSING, wrong: read.wrong } : { kind: 'looking', chosen: read.chosen, ticked: [] },
      );
    }
    case 'progress':
      return at(state, 'looking', (own) => shown(state, { ...own, progress: action.progress }));
    case 'looked':
      return at(state, 'looking', (own) => shown(withFound(state, action.found), { ...own, found: action.found }));
    case 'agents':
      return at(state, 'restarts', (own) => shown(withFound(state, action.agents), { ...own, agents: action.agents }));
    case 'tick':
      return at(state, 'looking', (own) => {
        const others = own.ticked.filter((code) => code !== action.code);
        return shown(state, { ...own, ticked: action.isTicked ? [...others, action.code] : others });
      });
    case 'decide':
      return at(state, 'looking', (own) => {
        const items = decided(own);
        const next = { ...state, plan: planFor(items.length) };
        return shown(next, { kind: 'restarts', chosen: own.chosen, looked: own, items });
      });
    case 'back':
      if (action.to === 'choosing') return shown(state, CHOOSING);
      return at(state, 'restarts', ({ looked }) => (looked ? shown(state, looked) : state));
    case 'start':
      return at(state, 'restarts', (own) => started(state, own, action));
    case 'no room':
      return at(state, 'running', ({ job }) => running(state, job, { kind: 'no room' }));
    case 'go':
      return at(state, 'running', ({ job }) => {
        const since = { at: action.now, done: sumOf(job).done };
        return running(state, job, { kind: 'goes', isStopping: false, since });
      });
    case 'stop':
      return at(state, 'running', ({ job, run }) =>
        run.kind === 'goes' ? running(state, job, { ...run, isStopping: true }) : state,
      );
    case 'job':
      return at(state, 'running', ({ run }) => running({ ...state, isUnkept: !action.isKept }, action.job, run));
    case 'halt': {
      const { halt } = action;
      return at(state, 'running', ({ job }) =>
        halt.kind === 'finished' ? withResult(state, job) : following(running(state, job, halt), proofOf(job)),
      );
    }
    case 'end':
      return at(state, 'running', ({ job }) => withResult(state, ended(job)));
    case 'retry':
      return at(state, 'result', ({ job }) => running(state, withMore(job, action.ids)));
    case 'take up':
      return at(state, 'result', ({ job }) => running(state, takenUp(job)));
    case 'finish':
      if (screen.kind === 'verifying') return toFinish(state, action.ids);
      return at(state, 'result', ({ job }) => running(state, finishing(job, action.ids)));
    case 'anew':
      return { ...initial(state.connection.url, undefined), connection: state.connection };
    case 'verify': {
      const next = shown({ ...state, following: undefined }, { kind: 'verifying' });
      return action.proof ? following(next, action.proof) : next;
    }
    case 'leave': {
      const next = shown({ ...state, following: undefined }, CHOOSING);
      return action.kept ? withKept(next, action.kept) : next;
    }
    default:
      return reduceFollowing(state, action);
  }
}

/** What the action makes of the state where this screen is shown; an action that comes too late changes nothing. */
function at<Kind extends Screen['kind']>(
  state: State,
  kind: Kind,
  change: (screen: Extract<Screen, { kind: Kind }>) => State,
): State {
  return isAt(state.screen, kind) ? change(state.screen) : state;
}

function isAt<Kind extends Screen['kind']>(screen: Screen, kind: Kind): screen is Extract<Screen, { kind: Kind }> {
  return screen.kind === kind;
}

function shown(state: State, screen: Screen): State {
  return { ...state, screen };
}

function started(state: State, deciding: Deciding, { id, restarts }: Extract<Action, { type: 'start' }>): State {
  const groups = groupsOfItems(deciding.items, deciding.chosen.scope, deciding.finishes);
  const [first] = groups;
  if (!first) return state;
  const rest = { id, url: state.connection.url, target: first.target, restarts };
  const job = isOneRequest(deciding, restarts)
    ? createWideJob(rest, { fields: filterFields(deciding.chosen), groups })
    : createJob({ ...rest, ids: [], others: groups });
  return running({ ...state, following: undefined }, job);
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
  const targets: Target[] = [];
  for (const { target, since, ids: all } of state.following?.proof.groups ?? []) {
    for (const id of all.filter((one) => wanted.has(one))) {
      finishes.set(id, since);
      targets.push(target);
      items.push({ ...state.known.get(id), id, ok: true, code: '', message: '', ...target });
    }
  }
  const { names, regions, roles } = namesOf(targets);
  const scope = { key: { kind: 'name', text: names.join() }, regions, roles, allowDifferentKeys: false } as const;
  const chosen: Chosen = { scope, choice: { kind: 'ids', ids } };
  return {
    ...state,
    plan: { ...planFor(ids.length), how: 'restart' },
    screen: { kind: 'restarts', chosen, items, finishes },
  };
}

function running(state: State, job: Job, run: Run = { kind: 'interrupted' }): State {
  return shown(state, { kind: 'running', job, run });
}

function withKept(state: State, kept: Job): State {
  if (nextPart(kept) < 0) return withResult(state, kept);
  return following(running(state, kept), proofOf(kept));
}

function withResult(state: State, job: Job): State {
  return following(shown(state, { kind: 'result', job }), proofOf(job));
}

/** What has been seen of the same instances since stays. */
function following(state: State, proof: Proof): State {
  if (proof.groups.length === 0) return { ...state, following: undefined };
  const before = state.following?.seen ?? NOTHING_SEEN;
  const isTheSame = proof.groups.every(({ ids }) => ids.every((id) => before.items.has(id)));
  const seen = isTheSame ? { ...before, doneAt: NOTHING_SEEN.doneAt } : NOTHING_SEEN;
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
