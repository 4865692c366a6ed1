import type { Item } from '../items.ts';
import type { OperationCall } from '../operation.ts';
import type { Switches } from '../switches.ts';
import { wireBoolean, wireCode, wireCount } from '../wire-types.ts';

interface Outcome {
  keyPairName: string;
  items: readonly Item[];
  listed: readonly Item[];
}

export function detachAnswer({ keyPairName, items, listed }: Outcome, { switches, items: fault }: OperationCall) {
  const types = fault?.wireTypes ?? switches.wireTypes;
  const failed = items.filter((item) => !item.ok).length;
  const total = switches.totalCount === 'requested' ? items.length : items.length - failed;
  const named = switches.keyPairNameInAnswer === 'auto' ? types !== 'captured' : switches.keyPairNameInAnswer;
  const failCount = fault?.failCount ?? failed;
  return {
    ...(named ? { KeyPairName: keyPairName } : {}),
    TotalCount: wireCount(total, types),
    ...(failCount === 'absent' ? {} : { FailCount: wireCount(failCount, types) }),
    Results: {
      Result: shown(listed, switches).map((item) => ({
        Code: wireCode(item.code, types),
        Message: item.message,
        InstanceId: item.instanceId,
        Success: wireBoolean(item.ok, types),
      })),
    },
  };
}

function shown(items: readonly Item[], { omitItems, itemOrder }: Switches): readonly Item[] {
  const kept = {
    none: items,
    last: items.slice(0, -1),
    successful: items.filter((item) => !item.ok),
    all: [],
  }[omitItems];
  return itemOrder === 'request' ? kept : kept.toReversed();
}
