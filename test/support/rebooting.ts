import { enter } from '../../functions/reboot-instances/invoke.ts';
import type { LocalCloud } from '../../local-cloud/cloud.ts';
import { type MessageOptions, type MessageRun, messaging } from './messaging.ts';

/** Calls `reboot-instances` with any message, as FC does. */
export function rebooting(cloud: LocalCloud, message: unknown, options: MessageOptions = {}): Promise<MessageRun> {
  const variables = { FC_FUNCTION_NAME: 'reboot-instances', ...options.variables };
  return messaging(enter, cloud, message, { ...options, variables });
}
