import type { Choice, Chosen } from './dry-run.ts';
import { readInstanceIds } from './instance-ids.ts';
import { LIMITS, type Online, type Restarts, type Watch } from './restarts.ts';
import { complaints, type Scope, type ScopeField, type Tag } from './target.ts';

/** The first step, as it is filled in. */
export type Form = {
  readonly keyKind: Scope['key']['kind'];
  readonly name: string;
  readonly publicKey: string;
  readonly where: 'one' | 'several' | 'all';
  readonly region: string;
  /** Of several: those that are ticked. */
  readonly regions: readonly string[];
  readonly otherRegions: string;
  readonly accounts: 'own' | 'roles' | 'all';
  readonly roles: string;
  readonly allowDifferentKeys: boolean;
  readonly which: Choice['kind'];
  readonly ids: string;
  readonly tags: readonly Tag[];
};

/** The third step, as it is filled in. */
export type Plan = {
  readonly how: 'off' | 'restart' | 'online' | 'both';
  readonly spread: 'at once' | 'waves';
  readonly batchSize: string;
  readonly interval: string;
  /** Only for the drawing. */
  readonly takes: string;
  readonly force: boolean;
  readonly watches: boolean;
  readonly maxErrors: string;
  readonly health: string;
  readonly ready: Watch['ready'];
  /** In the person's own time zone, `2026-11-24T22:00`; empty for now. */
  readonly at: string;
  readonly timeout: string;
  readonly closeSessions: boolean;
  /** Typed to confirm. */
  readonly typed: string;
};

export const EMPTY_FORM: Form = {
  keyKind: 'name',
  name: '',
  publicKey: '',
  where: 'one',
  region: '',
  regions: [],
  otherRegions: '',
  accounts: 'own',
  roles: '',
  allowDifferentKeys: false,
  which: 'ids',
  ids: '',
  tags: [],
};

export function planFor(instances: number): Plan {
  return {
    how: 'off',
    spread: 'waves',
    batchSize: String(Math.min(LIMITS.batchSize.usual, Math.max(1, Math.ceil(instances / 10)))),
    interval: String(LIMITS.intervalSeconds.usual),
    takes: '60',
    force: false,
    watches: false,
    maxErrors: '10%',
    health: String(LIMITS.healthTimeoutSeconds.usual),
    ready: 'Running',
    at: '',
    timeout: String(LIMITS.onlineTimeoutSeconds.usual),
    closeSessions: false,
    typed: '',
  };
}

export type FormField = ScopeField | 'ids' | 'strange';

/** What is chosen, or what is wrong with which field. Without ids of one region it is every instance of the places. */
export function readForm(form: Form): { chosen: Chosen } | { wrong: readonly FormField[] } {
  const scope = scopeOf(form);
  const choice = choiceOf(form);
  const wrong: FormField[] = complaints(scope);
  if (!isWide(form) && choice.kind === 'ids') {
    if (readInstanceIds(form.ids).strange.length > 0) wrong.push('strange');
    else if (choice.ids.length === 0) wrong.push('ids');
  }
  return wrong.length > 0 ? { wrong } : { chosen: { scope, choice } };
}

/** Whether it looks for the key in more than one place, or under more than one name: ids are of one region. */
export function isWide(form: Form): boolean {
  return form.where !== 'one' || form.accounts === 'all' || form.keyKind === 'public key' || rolesOf(form).length > 1;
}

export function scopeOf(form: Form): Scope {
  const { keyKind, name, publicKey, where, region, regions, otherRegions, accounts } = form;
  const several = [...new Set([...regions, ...words(otherRegions)])];
  return {
    key: { kind: keyKind, text: (keyKind === 'name' ? name : publicKey).trim() },
    regions: where === 'all' ? '*' : where === 'one' ? [region.trim()] : several,
    roles: accounts === 'all' ? '*' : rolesOf(form),
    allowDifferentKeys: form.allowDifferentKeys,
  };
}

function choiceOf(form: Form): Choice {
  if (form.which === 'filter' || isWide(form)) {
    return { kind: 'filter', tags: form.tags.filter(({ key }) => key !== '') };
  }
  return { kind: 'ids', ids: readInstanceIds(form.ids).ids };
}

function rolesOf({ accounts, roles }: Form): string[] {
  return accounts === 'roles' ? [...new Set(words(roles))] : [];
}

function words(text: string): string[] {
  return text.split(/[\s,;]+/).filter((word) => word !== '');
}

/** What the third step says; NaN for what is no whole number: an empty field is not a zero. */
export function readPlan(plan: Plan): Restarts {
  const { how, spread, force, closeSessions, at } = plan;
  const online: Online = { timeoutSeconds: numberIn(plan.timeout), closeSessions };
  const withOnline = (how === 'online' || how === 'both') && { online };
  if (how === 'off' || how === 'online') return { kind: 'off', ...withOnline };
  const notBefore = at !== '' && { notBefore: new Date(at).getTime() };
  if (spread === 'at once') return { kind: 'at once', force, ...withOnline, ...notBefore };
  const watch: Watch = {
    maxErrors: plan.maxErrors.trim(),
    healthTimeoutSeconds: numberIn(plan.health),
    ready: plan.ready,
  };
  return {
    kind: 'waves',
    force,
    batchSize: numberIn(plan.batchSize),
    intervalSeconds: numberIn(plan.interval),
    ...(plan.watches && { watch }),
    ...withOnline,
    ...notBefore,
  };
}

export function numberIn(text: string): number {
  return /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
}

/** What is typed to confirm: the key pair's name, or, of several, how many instances it is about. */
export function confirmationOf({ scope }: Chosen, instances: number): string {
  return scope.key.kind === 'name' ? scope.key.text : String(instances);
}
