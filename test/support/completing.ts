import { expect } from 'vitest';
import type { LocalCloud } from '../../local-cloud/cloud.ts';
import { post } from './bundled-cloud.ts';

/** What tests ask of a cloud in which runs end early and others finish what they owe. */
export function completing(cloud: () => LocalCloud) {
  const ids = () =>
    cloud()
      .ecs.instances()
      .map(({ instanceId }) => instanceId);
  return {
    ids,
    restarted: () => ids().filter((id) => cloud().ecs.instance(id).reboots.length > 0),
    /** Restarts of the instance that has had the most. */
    most: () =>
      Math.max(
        ...cloud()
          .ecs.instances()
          .map(({ reboots }) => reboots.length),
      ),
    completions: () => cloud().fc.tasks.filter(({ id }) => id.startsWith('complete-')),

    /** Kills the function in the middle: as soon as it has made so many calls of DetachKeyPair. */
    killAfter(calls: number): void {
      cloud().ecs.onCall('DetachKeyPair', ({ number }) => {
        if (number === calls) setImmediate(() => cloud().fc.killRunning('detach-key-pair'));
        return undefined;
      });
    },

    /** The request of a caller who does not see an answer. */
    async cutOff(fields: object): Promise<void> {
      const { status } = await post(cloud(), fields).catch(() => ({ status: 0 }));
      expect(status).not.toBe(200);
      cloud().ecs.onCall('DetachKeyPair', undefined);
    },
  };
}
