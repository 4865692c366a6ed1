import type { Services } from '../../../shared/alibaba/connect.ts';
import { chunks } from '../../../shared/chunks.ts';
import { callErrorOf } from '../../../shared/ecs/call-error.ts';
import { type Agent, RUN_BATCH } from '../../../shared/ecs/cloud-assistant.ts';
import { type Described, describeById } from '../../../shared/ecs/describe-by-id.ts';
import type { Group, Ready } from '../../../shared/messages/watch.ts';
import { asking, type RetryOptions, retrying } from '../../../shared/retry/retry.ts';
import type { Reason } from '../outcome.ts';
import type { Seen } from './decide.ts';
import { stateOf } from './state.ts';

export type ReadGroups = {
  readonly services: Services;
  readonly ready: Ready;
  /** Where instances were seen already: there an instance that is not shown is gone. */
  readonly seenIn: { readonly regionId: string; readonly roleArn: string | undefined } | undefined;
  readonly options: RetryOptions;
  /** Told why a group could not be read. */
  readonly onUnread: (reason: Reason) => void;
};

/** The instances of waves before, each with credentials for its own place. What cannot be read is `unread`. */
export async function readGroups(groups: readonly Group[], how: ReadGroups): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (const group of groups) seen.push(...(await readGroup(group, how)));
  return seen;
}

async function readGroup(group: Group, { services, ready, seenIn, options, onUnread }: ReadGroups): Promise<Seen[]> {
  const { RegionId: regionId, RoleArn: roleArn, InstanceIds: ids } = group;
  const unread = (reason: Reason) => {
    onUnread(reason);
    return ids.map((instanceId) => ({ instanceId, state: 'unread' as const }));
  };
  try {
    const where = { regionId, roleArn };
    const ecs = await retrying((timeoutMs) => services.ecs(where, timeoutMs), options);
    const described = await describeById(ids, { ecs, regionId }, options);
    const isOwnPlace = seenIn?.regionId === regionId && seenIn.roleArn === roleArn;
    const isEmpty = [...described.values()].every((instance) => instance === 'missing');
    if (isEmpty && !isOwnPlace) return unread(NONE_SHOWN);
    if (ready === 'Running') return ids.map((id) => stateOf(id, { instance: described.get(id) ?? 'missing' }, group));
    const agents = await agentsOf(described, group, { services, options });
    return ids.map((id) =>
      stateOf(id, { instance: described.get(id) ?? 'missing', agent: agents.get(id) ?? 'unknown' }, group),
    );
  } catch (error) {
    const { codeToReport: code, message } = callErrorOf(error);
    return unread({ code, message });
  }
}

/** Of the running instances alone: for one that is gone ECS refuses the whole call. */
async function agentsOf(
  described: Described,
  { RegionId: regionId, RoleArn: roleArn }: Group,
  { services, options }: Pick<ReadGroups, 'services' | 'options'>,
): Promise<ReadonlyMap<string, Agent>> {
  const running = [...described].flatMap(([id, instance]) =>
    instance !== 'missing' && instance.status === 'Running' ? [id] : [],
  );
  const assistant = await retrying((timeoutMs) => services.cloudAssistant({ regionId, roleArn }, timeoutMs), options);
  const agents = new Map<string, Agent>();
  for (const instanceIds of chunks(running, RUN_BATCH)) {
    const query = { regionId, instanceIds };
    const found = await asking(assistant.describeCloudAssistantStatus, query, options);
    for (const [id, agent] of found) agents.set(id, agent);
  }
  return agents;
}

/** All gone at once is less likely than a describing that is not permitted, which used to answer with an empty list. */
const NONE_SHOWN: Reason = { code: 'InvalidInstanceId.NotFound', message: 'ECS shows none of them' };
