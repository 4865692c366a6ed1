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
  const { operation, sanitize, serverTime } = createEcsCall(options);
  return {
    now: () => Math.max(Date.now(), serverTime()),
    detachKeyPair: operation(
      'DetachKeyPair',
      ({ instanceIds, ...detach }) => new DetachKeyPairRequest({ ...detach, instanceIds: JSON.stringify(instanceIds) }),
      (body) => readDetachAnswer(body, sanitize),
    ),
    describeInstances: operation(
      'DescribeInstances',
      ({ instanceIds, tags, pageNumber, detailed: _, ...query }) => {
        const ids = instanceIds && JSON.stringify(instanceIds);
        const paging = pageNumber === undefined ? { maxResults: 100 } : { pageNumber, pageSize: 100 };
        return new DescribeInstancesRequest({ ...query, ...paging, tag: tags, instanceIds: ids });
      },
      (body, { detailed }) => readInstancePage(body, detailed),
    ),
    keyPairExists: operation(
      'DescribeKeyPairs',
      (query) => new DescribeKeyPairsRequest(query),
      (body, { keyPairName }) => readKeyPairNames(body).includes(keyPairName),
    ),
    publicKeyOf: operation(
      'DescribeKeyPairs',
      (query) => new DescribeKeyPairsRequest({ ...query, includePublicKey: true }),
      (body, { keyPairName }) => readPublicKey(body, keyPairName),
    ),
    describeKeyPairs: operation(
      'DescribeKeyPairs',
      (query) => new DescribeKeyPairsRequest({ ...query, includePublicKey: true, pageSize: KEY_PAIRS_PAGE }),
      readKeyPairPage,
    ),
    describeRegions: operation('DescribeRegions', () => new DescribeRegionsRequest(), readRegionIds),
    rebootInstances: operation(
      'RebootInstances',
      ({ instanceIds, force, regionId }) =>
        new RebootInstancesRequest({
          regionId,
          instanceId: instanceIds,
          forceReboot: force,
          batchOptimization: 'SuccessFirst', // the default lets one instance that cannot be rebooted stop all
        }),
      (body) => readRebootItems(body, sanitize),
    ),
  };
}
