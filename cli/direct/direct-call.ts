import { randomUUID } from 'node:crypto';
import { enter } from '../../functions/detach-key-pair/invoke.ts';
import { enter as enterReboots } from '../../functions/reboot-instances/invoke.ts';
import { enter as enterRemovals } from '../../functions/remove-public-key/invoke.ts';
import type { Received } from '../../portal/core/reply.ts';
import { connect, type Services } from '../../shared/alibaba/connect.ts';
import type { Config, Environment } from '../../shared/config/config.ts';
import type { Context } from '../../shared/fc/context.ts';
import { thrownStatus } from '../call/thrown.ts';
import { type OwnTask, type ProcessQueue, processQueue } from './process-queue.ts';

export type Direct = {
  /** One request → what the function's HTTP trigger would have answered. */
  send(fields: object): Promise<Received>;
  /** Restarts and removals that wait; ends when all are done, those that failed told one by one. */
  finish(told: (task: OwnTask, error: unknown) => void): Promise<void>;
  tasks(): readonly OwnTask[];
};

/** A request of this process ends when it is done: the limit is only there because the functions have one. */
const TIMEOUT_SECONDS = 20 * 3_600;

/** Carries requests out in this process, by the functions' own code; its queue is `processQueue`. */
export function direct(
  variables: Environment,
  kept: readonly OwnTask[],
  keep: (tasks: readonly OwnTask[]) => void,
  debug: (line: string) => void,
): Direct {
  const queue: ProcessQueue = processQueue(kept, keep);
  const services = (config: Config, context: Context): Services => ({
    ...connect(config, context),
    queue: async (of) => queue.of(of),
  });
  const options = { variables, write: debug, connect: services };
  const context = (requestId: string) => ({ requestId, function: { timeout: TIMEOUT_SECONDS } });
  return {
    tasks: () => queue.tasks(),
    async send(fields) {
      const requestId = randomUUID();
      try {
        const answer = await enter(Buffer.from(JSON.stringify(fields)), context(requestId), options);
        return { status: 200, requestId, date: new Date().toUTCString(), text: JSON.stringify(answer) };
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const status = thrownStatus(message);
        const text = status === undefined ? JSON.stringify({ Code: 'FunctionError', Message: message }) : message;
        return { status: status ?? 400, requestId, date: new Date().toUTCString(), text };
      }
    },
    finish: (told) =>
      queue.drain(({ of, payload }) => {
        const run = { itself: enter, reboots: enterReboots, removals: enterRemovals }[of];
        return run(Buffer.from(payload), context(randomUUID()), options);
      }, told),
  };
}
