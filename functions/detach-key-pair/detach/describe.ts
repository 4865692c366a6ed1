import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../../../shared/backoff.ts';
import { CallError } from '../../../shared/call-error.ts';
import type { Deadline } from '../../../shared/deadline.ts';
import { DESCRIBE_BATCH, type Ecs, type Instance, type InstanceQuery } from '../../../shared/ecs.ts';
import { isRetryable } from '../../../shared/error-kind.ts';
import { chunks } from '../batches.ts';

/** Every id that was asked for: the instance, or `missing`. */
export type Descriptions = ReadonlyMap<string, Instance | 'missing'>;

export type Describer = {
  /** Undefined when describing is not permitted, fails or would pass the deadline. */
  describe(ids: readonly string[]): Promise<Descriptions | undefined>;
  /**
   * Whether an empty answer means that nothing is there. Where describing is not permitted ECS used to answer with an
   * empty list; having been shown any instance at all proves the permission.
   */
  isTrusted(): boolean;
  /** `isTrusted`, after looking at the region's first page when nothing has been seen yet. */
  proveTrust(): Promise<boolean>;
};

type DescriberOptions = { ecs: Ecs; regionId: string; deadline: Deadline; ecsTimeoutMs: number; baseMs: number };

const ATTEMPTS = 4;
const CAP_MS = 2_000;

export function createDescriber({ ecs, regionId, deadline, ecsTimeoutMs, baseMs }: DescriberOptions): Describer {
  let seen = false;
  let refused = false;

  async function page(query: Omit<InstanceQuery, 'regionId'>): Promise<readonly Instance[] | undefined> {
    for (let attempt = 1; !refused && attempt <= ATTEMPTS && deadline.left() > 0; attempt++) {
      try {
        const { instances } = await ecs.describeInstances(
          { regionId, ...query },
          Math.min(ecsTimeoutMs, deadline.left()),
        );
        seen ||= instances.length > 0;
        return instances;
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        refused = !isRetryable(error.kind);
        const wait = Math.max(error.retryAfterMs ?? 0, backoffMs(attempt, baseMs, CAP_MS));
        if (wait >= deadline.left()) return undefined;
        if (!refused) await sleep(wait);
      }
    }
    return undefined;
  }

  return {
    async describe(ids) {
      const found = new Map<string, Instance | 'missing'>();
      for (const batch of chunks(ids, DESCRIBE_BATCH)) {
        const instances = await page({ instanceIds: batch });
        if (!instances) return undefined;
        for (const id of batch) found.set(id, 'missing');
        for (const instance of instances) if (found.has(instance.instanceId)) found.set(instance.instanceId, instance);
      }
      return found;
    },
    isTrusted: () => seen,
    async proveTrust() {
      if (!seen) await page({});
      return seen;
    },
  };
}
