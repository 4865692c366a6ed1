import type { Parameters } from '../ecs/parameters.ts';
import type { RamAccount } from './account.ts';
import { refusals } from './refusals.ts';

// "CreateQueue" in the SMQ API reference of 2022-01-19.
const NAME = /^[A-Za-z0-9][A-Za-z0-9-]{0,255}$/;
const DEFAULTS = {
  DelaySeconds: 0,
  MaximumMessageSize: 65_536,
  MessageRetentionPeriod: 345_600,
  PollingWaitSeconds: 0,
  VisibilityTimeout: 30,
};

type Operation = (parameters: Parameters, account: RamAccount) => Record<string, unknown>;

export const queueOperations: Readonly<Record<string, Operation>> = {
  CreateQueue(parameters, account) {
    const name = queueName(parameters);
    const attributes = Object.fromEntries(
      Object.entries(DEFAULTS).map(([attribute, usual]) => [attribute, parameters.count(attribute) ?? usual]),
    );
    const existing = account.queues.get(name);
    if (existing && JSON.stringify(existing.attributes) !== JSON.stringify(attributes)) throw refusals.queueExists();
    account.queues.set(name, { name, attributes });
    const code = existing ? 204 : 201;
    return { ...done(code), Data: { Code: code, Success: true, Message: 'operation success' } };
  },

  GetQueueAttributes(parameters, account) {
    const queue = account.queues.get(queueName(parameters));
    if (!queue) throw refusals.noQueue();
    return { ...done(200), Data: { QueueName: queue.name, ...queue.attributes } };
  },
};

function done(code: number): Record<string, unknown> {
  return { Code: code, Status: 'Success', Message: 'operation success', Success: true };
}

function queueName(parameters: Parameters): string {
  const name = parameters.required('QueueName');
  if (!NAME.test(name)) throw refusals.chars('QueueName');
  return name;
}
