import type { Services } from '../alibaba/connect.ts';
import { callErrorOf } from '../ecs/call-error.ts';
import { asking, type RetryOptions, retrying } from '../retry/retry.ts';

/** Clocks differ by less; what lies further ahead was never a detach. */
const AHEAD_MS = 60_000;
/** A day for the waves, an hour to wait for the wave before, an hour to be valid after that, and one to spare. */
const MOST_ACCEPTED_MS = 27 * 3_600_000;

/** Whether a message may have these times, ms since the epoch: a forged one could act for ever. */
export function areTimesPossible(detachedAt: number, notAfter: number, now: number): boolean {
  // NaN, of a day that no calendar has, fails each comparison.
  return !isAhead(detachedAt, now) && notAfter <= detachedAt + MOST_ACCEPTED_MS;
}

/** Whether this was never the time of a detach. */
export function isAhead(detachedAt: number, now: number): boolean {
  return !(detachedAt <= now + AHEAD_MS);
}

/** For how long after its time a restart may still happen: FC's own retries take minutes, an outage may take more. */
export const VALID_MS = 3_600_000;
/** Of `NotAfter` after `DetachedAt`, whatever the waves may have to wait: a day, the longest wait, and the hour above. */
const LONGEST_MS = 26 * 3_600_000;

/** `NotAfter` of a restart that is due then, and may wait so long for the waves before it; all in ms since the epoch. */
export function notAfterOf(detachedAt: number, dueAt: number, waitMs: number): number {
  return Math.max(dueAt + VALID_MS, Math.min(dueAt + waitMs + VALID_MS, detachedAt + LONGEST_MS));
}

/** As messages have times: ISO 8601, UTC, milliseconds. */
export function iso(time: number): string {
  return new Date(time).toISOString();
}

type Message = {
  readonly RegionId: string;
  readonly RoleArn?: string;
  readonly InstanceIds: readonly string[];
  readonly DetachedAt: string;
};

/**
 * The time by which a message is judged, ms since the epoch. For one that seems to come from the future ECS is asked for
 * the time: the clock of a function that was frozen may lag.
 */
export async function timeFor(message: Message, services: Services, options: RetryOptions): Promise<number> {
  const { RegionId: regionId, RoleArn: roleArn, InstanceIds, DetachedAt } = message;
  const detachedAt = Date.parse(DetachedAt);
  if (Number.isNaN(detachedAt) || !isAhead(detachedAt, Date.now())) return Date.now();
  try {
    const ecs = await retrying((timeoutMs) => services.ecs({ regionId, roleArn }, timeoutMs), options);
    const query = { regionId, instanceIds: InstanceIds.slice(0, 1) };
    await asking(ecs.describeInstances, query, options);
    return ecs.now();
  } catch (error) {
    callErrorOf(error);
    return Date.now();
  }
}
