import type { Services } from '../../shared/alibaba/connect.ts';
import type { Config } from '../../shared/config/config.ts';
import type { Context } from '../../shared/fc/context.ts';
import type { Deadline } from '../../shared/fc/deadline.ts';
import type { Log } from '../../shared/log/log.ts';
import type { RetryOptions } from '../../shared/retry/retry.ts';

/** What one invocation works with. */
export type Invocation = {
  readonly config: Config;
  readonly context: Context;
  readonly log: Log;
  /** Ms since the epoch: nothing that it has seen is older. */
  readonly startedAt: number;
  /** By then the answer is out. */
  readonly deadline: Deadline;
  readonly services: Services;
};

/** Of a call that may use up all the time that there is. */
export function callOptions({ config, deadline }: Invocation): RetryOptions {
  return { deadline, timeoutMs: config.ecsTimeoutMs };
}
