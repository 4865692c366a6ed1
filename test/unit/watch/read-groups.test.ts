import { afterEach, describe, expect, it } from 'vitest';
import { readGroups } from '../../../functions/reboot-instances/watch/read-groups.ts';
import { type LocalCloud, startLocalCloud } from '../../../local-cloud/cloud.ts';
import { createCloudAssistant } from '../../../shared/alibaba/cloud-assistant.ts';
import type { Services } from '../../../shared/alibaba/connect.ts';
import { createEcs } from '../../../shared/alibaba/ecs.ts';
import { createEcsCall } from '../../../shared/alibaba/ecs-call.ts';
import { deadlineAt } from '../../../shared/fc/deadline.ts';
import type { Ready } from '../../../shared/messages/watch.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

/** What is read of all instances of the cloud as one group of a wave before. */
async function read(ready: Ready, more: { ids?: readonly string[]; isOwn?: boolean; roleArn?: string } = {}) {
  const { regionId } = cloud;
  const ids = more.ids ?? cloud.ecs.instances().map(({ instanceId }) => instanceId);
  const at = { regionId, credentials: cloud.ecs.credentials, endpoint: cloud.ecs.endpoint };
  const services: Services = {
    ecs: async () => createEcs(at),
    cloudAssistant: async () => createCloudAssistant(createEcsCall(at)),
    queue: () => Promise.reject(new Error('nothing is queued here')),
  };
  const reasons: string[] = [];
  const group = {
    RegionId: regionId,
    InstanceIds: [...ids],
    DetachedAt: new Date(Date.now() - 600_000).toISOString(),
    ...(more.roleArn !== undefined && { RoleArn: more.roleArn }),
  };
  const seen = await readGroups([group], {
    services,
    ready,
    seenIn: more.isOwn ? { regionId, roleArn: undefined } : undefined,
    options: { deadline: deadlineAt(Date.now() + 20_000), timeoutMs: 2_000, attempts: 2 },
    onUnread: ({ code }) => reasons.push(code),
  });
  return { states: seen.map(({ state }) => state), reasons };
}

describe('the instances of a wave before', () => {
  it('are read with what their agents say, where that counts', async () => {
    cloud = await startLocalCloud({ instances: [{}, { status: 'Stopped' }] });
    const running = await read('Running');
    const agents = await read('CloudAssistant');
    expect(running.states).toHaveLength(2);
    expect(agents.states).toHaveLength(2);
    expect(running.states).not.toContain('unread');
    expect(agents.states).not.toContain('unread');
    expect(cloud.ecs.callsOf('DescribeCloudAssistantStatus').length).toBe(1);
  });

  it('are unread when describing is not permitted', async () => {
    cloud = await startLocalCloud({ instances: 2, deny: ['DescribeInstances'] });
    expect(await read('Running')).toEqual({ states: ['unread', 'unread'], reasons: ['Forbidden.RAM'] });
  });

  it('are unread when their agents cannot be asked', async () => {
    cloud = await startLocalCloud({ instances: 2, deny: ['DescribeCloudAssistantStatus'] });
    expect(await read('CloudAssistant')).toEqual({ states: ['unread', 'unread'], reasons: ['Forbidden.RAM'] });
  });

  it('are unread when another place shows none of them, and gone when this one does', async () => {
    cloud = await startLocalCloud({ instances: 1 });
    const ids = ['i-bp1nosuch0', 'i-bp1nosuch1'];
    expect(await read('Running', { ids })).toEqual({
      states: ['unread', 'unread'],
      reasons: ['InvalidInstanceId.NotFound'],
    });
    const own = await read('Running', { ids, isOwn: true });
    expect(own.reasons).toEqual([]);
    expect(own.states).not.toContain('unread');
  });
});
