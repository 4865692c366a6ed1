import type { Services } from '../../shared/alibaba/connect.ts';
import type { Config } from '../../shared/config/config.ts';
import type { Context } from '../../shared/fc/context.ts';
import type { Deadline } from '../../shared/fc/deadline.ts';
import type { Log } from '../../shared/log/log.ts';

/** What one invocation works with. */
export type Invocation = {
  readonly config: Config;
  readonly context: Context;
  readonly log: Log;
  /** By then the answer is out. */
  readonly deadline: Deadline;
  readonly services: Services;
  /** Delays, for tests to shrink. */
};
