import { REBOOT_BATCH } from '../../../shared/messages/reboot-message.ts';
import { invalid } from '../request/request-error.ts';
import { MAX_DELAY_SECONDS, type RebootPlan } from './waves.ts';

export type RebootFields = {
  readonly ForceReboot?: boolean;
  readonly BatchSize?: number;
  readonly IntervalSeconds?: number;
  readonly DelaySeconds?: number;
};

/** The field and how many instances it is about → the plan, or undefined for none. Throws `RequestError`. */
export function planReboot(field: boolean | RebootFields | undefined, instances: number): RebootPlan | undefined {
  if (!field) return undefined;
  const given: RebootFields = field === true ? {} : field;
  const { ForceReboot = false, BatchSize = REBOOT_BATCH, IntervalSeconds, DelaySeconds = 0 } = given;
  if (instances > REBOOT_BATCH && IntervalSeconds === undefined) {
    throw invalid(
      'Reboot',
      `IntervalSeconds must be given for more than ${REBOOT_BATCH} instances (0 restarts all ${instances} at once)`,
    );
  }
  const lastDelay = DelaySeconds + (Math.ceil(instances / BatchSize) - 1) * (IntervalSeconds ?? 0);
  if (lastDelay > MAX_DELAY_SECONDS) {
    throw invalid(
      'Reboot',
      `the last wave would start after ${lastDelay} s, at most ${MAX_DELAY_SECONDS} s can be delayed: take a larger BatchSize or a smaller IntervalSeconds`,
    );
  }
  return {
    force: ForceReboot,
    batchSize: BatchSize,
    intervalSeconds: IntervalSeconds ?? 0,
    delaySeconds: DelaySeconds,
  };
}
