import type { Config } from '../../../shared/config/config.ts';
import type { UnknownRecord } from '../../../shared/record.ts';
import { firstError } from '../../../shared/schema/schema-error.ts';
import { explain, explainMissing, wrong } from './explain.ts';
import { type OnlineOptions, readOnline } from './online-options.ts';
import type { Scope } from './place.ts';
import { type RebootOptions, readReboot, wavesProblem } from './reboot-options.ts';
import { isDetachRequest } from './request.validator.ts';
import { clashing, invalid, missing, RequestError } from './request-error.ts';
import { checkScope, readScope } from './scope.ts';
import { layOut } from './wave-layout.ts';

/** A request that may be carried out: every field checked, on the allow-lists. */
export type DetachRequest = {
  readonly scope: Scope;
  /** With a wide scope a filter. */
  readonly target: Target;
  readonly mode: Mode;
  readonly returnResults: 'All' | 'Failed' | 'None';
  readonly clientToken: string | undefined;
  readonly continues: boolean;
  /** Finish an earlier request that began then, ms since the epoch. */
  readonly detachedSince: number | undefined;
  /** Undefined: restart nothing. */
  readonly reboot: RebootOptions | undefined;
  /** Undefined: leave the running instances as they are. */
  readonly online: OnlineOptions | undefined;
};

export type Target =
  | { readonly kind: 'ids' /** Distinct. */; readonly instanceIds: readonly string[] }
  | { readonly kind: 'filter'; readonly tags: readonly { readonly key: string; readonly value?: string }[] };

export type Mode = { readonly kind: 'detach' | 'dry run' } | { readonly kind: 'verify'; readonly since: number };

/** Canonical fields → request. Throws `RequestError` naming the first field that is wrong. */
export function parseRequest(fields: UnknownRecord, config: Config): DetachRequest {
  const { RegionId, KeyPairName, PublicKey } = fields;
  if (RegionId !== undefined && KeyPairName === undefined && PublicKey === undefined) {
    throw explainMissing(fields, [], 'KeyPairName');
  }
  if (!isDetachRequest(fields)) throw explain(fields, firstError(isDetachRequest));
  const request: DetachRequest = {
    scope: readScope(fields, config),
    target: readTarget(fields),
    mode: readMode(fields),
    returnResults: fields.ReturnResults ?? 'All',
    clientToken: fields.ClientToken,
    continues: fields.Continue ?? false,
    detachedSince: readDetachedSince(fields),
    reboot: readReboot(fields.Reboot, readNotBefore(fields.Reboot)),
    online: readOnline(fields.Online),
  };
  if (request.target.kind === 'ids') checkCount([request.target.instanceIds.length], request, config);
  checkScope(request.scope, config);
  return request;
}

/** Whether a request may be about so many instances, given or found, in each of its groups. */
export function checkCount(
  lengths: readonly number[],
  { reboot, online, target }: DetachRequest,
  { maxInstances }: Config,
): void {
  const instances = lengths.reduce((sum, length) => sum + length, 0);
  const last =
    reboot && lengths.length > 0 ? layOut([...lengths, 0], FROM_THE_START, { reboot, online }).at(-1) : undefined;
  const problem = reboot && wavesProblem(reboot, last ? last.firstWave * reboot.batchSize + last.taken : 0);
  if (problem) throw invalid('Reboot', problem);
  if (instances <= maxInstances) return;
  throw new RequestError(
    403,
    'InstanceKeyPairLimitExceeded',
    `The specified instances are beyond the permitted range: ${target.kind === 'filter' ? `more than ${maxInstances}` : instances} instances, at most ${maxInstances} a request. Nothing was detached.`,
  );
}

const FROM_THE_START = { firstWave: 0, taken: 0 };

type TargetFields = {
  readonly InstanceIds?: readonly string[];
  readonly Filter?: { readonly Tags?: readonly { readonly Key: string; readonly Value?: string }[] };
};

function readTarget({ InstanceIds, Filter }: TargetFields): Target {
  if (InstanceIds && Filter) throw clashing('Filter', 'InstanceIds');
  if (InstanceIds) return { kind: 'ids', instanceIds: [...new Set(InstanceIds)] };
  if (!Filter) {
    throw missing('InstanceIds', 'Give InstanceIds, or Filter: {} means every instance that has the key pair.');
  }
  const tags = (Filter.Tags ?? []).map(({ Key, Value }) => ({
    key: Key,
    ...(Value !== undefined && { value: Value }),
  }));
  return { kind: 'filter', tags };
}

function readMode({ DryRun, Verify, VerifySince }: { DryRun?: boolean; Verify?: boolean; VerifySince?: string }): Mode {
  // The caller most likely forgot Verify, and must not get a detach.
  if (VerifySince !== undefined && !Verify) throw invalid('VerifySince', 'it goes with "Verify": true');
  if (DryRun && Verify) throw clashing('Verify', 'DryRun');
  if (DryRun) return { kind: 'dry run' };
  if (!Verify) return { kind: 'detach' };
  if (VerifySince === undefined) {
    throw missing('VerifySince', 'It is the time of the detach, for example "2026-11-24T08:00:00Z".');
  }
  const since = readTime('VerifySince', VerifySince);
  return { kind: 'verify', since };
}

type SinceFields = {
  readonly DetachedSince?: string;
  readonly InstanceIds?: readonly string[];
  readonly DryRun?: boolean;
  readonly Verify?: boolean;
};

function readDetachedSince({ DetachedSince, InstanceIds, DryRun, Verify }: SinceFields): number | undefined {
  if (DetachedSince === undefined) return undefined;
  if (!InstanceIds)
    throw invalid('DetachedSince', 'it goes with InstanceIds: a Filter does not find what has the key pair no longer');
  if (DryRun || Verify) throw clashing('DetachedSince', 'DryRun or Verify');
  return readTime('DetachedSince', DetachedSince);
}

/** A restart that comes later than a day surprises more than it helps. */
const MOST_AHEAD_MS = 86_400_000;

type NotBeforeField = boolean | { readonly NotBefore?: string; readonly DelaySeconds?: number };

function readNotBefore(field: NotBeforeField | undefined): number | undefined {
  const { NotBefore, DelaySeconds } = typeof field === 'object' ? field : {};
  if (NotBefore === undefined) return undefined;
  if (DelaySeconds !== undefined) throw clashing('Reboot.NotBefore', 'DelaySeconds');
  const time = readTime('Reboot.NotBefore', NotBefore);
  if (time > Date.now() + MOST_AHEAD_MS) throw wrong('Reboot.NotBefore', NotBefore, 'is more than 24 hours ahead');
  return time;
}

function readTime(field: string, text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time) || !isDay(text.slice(0, 10))) throw wrong(field, text, 'is not a time that there is');
  return time;
}

/** `Date.parse` takes 30 February for 1 March. */
function isDay(day: string): boolean {
  return new Date(`${day}T00:00Z`).toISOString().startsWith(day);
}
