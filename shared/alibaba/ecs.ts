import { DescribeInstancesRequest } from '@alicloud/ecs20140526/dist/models/DescribeInstancesRequest.js';
import { DescribeKeyPairsRequest } from '@alicloud/ecs20140526/dist/models/DescribeKeyPairsRequest.js';
import { DescribeRegionsRequest } from '@alicloud/ecs20140526/dist/models/DescribeRegionsRequest.js';
import { DetachKeyPairRequest } from '@alicloud/ecs20140526/dist/models/DetachKeyPairRequest.js';
import { RebootInstancesRequest } from '@alicloud/ecs20140526/dist/models/RebootInstancesRequest.js';
import { type Ecs, KEY_PAIRS_PAGE } from '../ecs/ecs.ts';
import { createEcsCall, type EcsOptions } from './ecs-call.ts';
import {
  readDetachAnswer,
  readInstancePage,
  readKeyPairNames,
  readKeyPairPage,
  readPublicKey,
  readRebootItems,
  readRegionIds,
} from './read-ecs.ts';

/** The official request models behind our port. Each operation throws `CallError`. */
export function createEcs(options: EcsOptions): Ecs {
  const { call, sanitize, serverTime } = createEcsCall(options);
  return {
    now: () => Math.max(Date.now(), serverTime()),
    async detachKeyPair({ instanceIds, ...detach }, timeoutMs) {
      const request = new DetachKeyPairRequest({ ...detach, instanceIds: JSON.stringify(instanceIds) });
      return readDetachAnswer(await call('DetachKeyPair', request, timeoutMs), sanitize);
    },
    async describeInstances({ instanceIds, tags, pageNumber, detailed, ...query }, timeoutMs) {
      const ids = instanceIds && JSON.stringify(instanceIds);
      const paging = pageNumber === undefined ? { maxResults: 100 } : { pageNumber, pageSize: 100 };
      const request = new DescribeInstancesRequest({ ...query, ...paging, tag: tags, instanceIds: ids });
      return readInstancePage(await call('DescribeInstances', request, timeoutMs), detailed);
    },
    async keyPairExists(query, timeoutMs) {
      const body = await call('DescribeKeyPairs', new DescribeKeyPairsRequest(query), timeoutMs);
      return readKeyPairNames(body).includes(query.keyPairName);
    },
    async publicKeyOf(query, timeoutMs) {
      const request = new DescribeKeyPairsRequest({ ...query, includePublicKey: true });
      return readPublicKey(await call('DescribeKeyPairs', request, timeoutMs), query.keyPairName);
    },
    async describeKeyPairs(query, timeoutMs) {
      const request = new DescribeKeyPairsRequest({ ...query, includePublicKey: true, pageSize: KEY_PAIRS_PAGE });
      return readKeyPairPage(await call('DescribeKeyPairs', request, timeoutMs));
    },
    async describeRegions(timeoutMs) {
      return readRegionIds(await call('DescribeRegions', new DescribeRegionsRequest(), timeoutMs));
    },
    async rebootInstances({ instanceIds, force, regionId }, timeoutMs) {
      const request = new RebootInstancesRequest({
        regionId,
        instanceId: instanceIds,
        forceReboot: force,
        batchOptimization: 'SuccessFirst', // the default lets one instance that cannot be rebooted stop all
      });
      return readRebootItems(await call('RebootInstances', request, timeoutMs), sanitize);
    },
  };
}
