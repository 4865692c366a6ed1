import { afterEach, expect } from 'vitest';
import { type CloudOptions, type LocalCloud, startLocalCloud } from '../../../local-cloud/cloud.ts';
import { echo } from '../../../local-cloud/test/echo.ts';
import { REQUEST_ID } from '../../support/events.ts';
import { rebooting } from '../../support/rebooting.ts';

export const MINUTE = 60_000;
/** Ten minutes ago, 20 seconds into a minute. */
export const DETACHED_AT = Math.floor(Date.now() / MINUTE) * MINUTE - 10 * MINUTE + 20_123;

export const TASK = `reboot-${'0'.repeat(64)}`;

/** An instance that has not restarted since the detach. */
export const before = { startTime: DETACHED_AT - 3_600_000, keyPairName: null };

/** Long enough for some rounds, and for what is left to be put into the queue again. */
export const SHORT = { timeoutSeconds: 3, variables: { DEADLINE_MARGIN_MS: '2000' } };

export function message(ids: readonly string[], more: object = {}) {
  return {
    Version: 1,
    RegionId: 'cn-hangzhou',
    KeyPairName: 'leaked-key',
    InstanceIds: ids,
    ForceReboot: false,
    DetachedAt: new Date(DETACHED_AT).toISOString(),
    NotAfter: new Date(DETACHED_AT + 3_600_000).toISOString(),
    SourceRequestId: 'source-request',
    TaskId: TASK,
    ...more,
  };
}

/** A local cloud for each test of a file, and the function that works off messages about it. */
export function rebootMessages() {
  let cloud: LocalCloud;
  afterEach(() => cloud?.stop());
  return {
    cloud: () => cloud,
    async fleet(instances: CloudOptions['instances'], options: CloudOptions = {}): Promise<string[]> {
      const functions = { 'reboot-instances': echo({ asyncTask: true }) };
      cloud = await startLocalCloud({ ...(instances !== undefined && { instances }), functions, ...options });
      return cloud.ecs.instances().map(({ instanceId }) => instanceId);
    },
    async run(event: unknown, options: Parameters<typeof rebooting>[2] = {}) {
      const { answer, ...more } = await rebooting(cloud, event, options);
      const { TotalCount, FailCount, Code, RequestId } = answer;
      expect(RequestId).toBe(REQUEST_ID);
      return { ...more, total: String(TotalCount), failed: String(FailCount), code: String(Code) };
    },
    rebooted: () => cloud.ecs.callsOf('RebootInstances').map(({ instanceIds }) => instanceIds),
    actionsCalled: () => cloud.ecs.calls.map(({ action }) => action),
  };
}
