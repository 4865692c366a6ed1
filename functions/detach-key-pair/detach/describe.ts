import { callErrorOf } from '../../../shared/ecs/call-error.ts';
import { type Described, describeById } from '../../../shared/ecs/describe-by-id.ts';
import type { Ecs } from '../../../shared/ecs/ecs.ts';
import { isRetryable } from '../../../shared/ecs/error-kind.ts';
import type { Deadline } from '../../../shared/fc/deadline.ts';
import { asking } from '../../../shared/retry/retry.ts';

export type Describer = {
  /** Undefined when describing is not permitted, fails or would pass the deadline. */
  describe(ids: readonly string[]): Promise<Described | undefined>;
  /**
   * Whether an empty answer means that nothing is there. Where describing is not permitted ECS used to answer with an
   * empty list; having been shown any instance at all proves the permission.
   */
  isTrusted(): boolean;
  /** `isTrusted`, after looking at the region's first page when nothing has been seen yet. */
  proveTrust(): Promise<boolean>;
};

type DescriberOptions = {
  ecs: Ecs;
  regionId: string;
  deadline: Deadline;
  timeoutMs: number;
};

const ATTEMPTS = 4;

export function createDescriber({ ecs, regionId, ...times }: DescriberOptions): Describer {
  const options = { ...times, attempts: ATTEMPTS };
  let seen = false;
  let refused = false;

  async function orUndefined<T>(call: () => Promise<T>): Promise<T | undefined> {
    if (refused) return undefined;
    try {
      return await call();
    } catch (error) {
      refused = !isRetryable(callErrorOf(error).kind);
      return undefined;
    }
  }

  return {
    async describe(ids) {
      const described = await orUndefined(() => describeById(ids, { ecs, regionId }, options));
      seen ||= [...(described?.values() ?? [])].some((instance) => instance !== 'missing');
      return described;
    },
    isTrusted: () => seen,
    async proveTrust() {
      if (seen) return true;
      const page = await orUndefined(() => asking(ecs.describeInstances, { regionId }, options));
      seen = (page?.instances.length ?? 0) > 0;
      return seen;
    },
  };
}
