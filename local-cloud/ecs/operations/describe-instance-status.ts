import { refusals } from '../errors.ts';
import type { OperationCall } from '../operation.ts';
import { pageNumbers, slicePage } from './paging.ts';

// At most 100 ids, but 50 a page, the operation's page.
const MAX_INSTANCE_IDS = 100;
const MAX_PAGE_SIZE = 50;

export function describeInstanceStatus({ parameters, region, now }: OperationCall): Record<string, unknown> {
  const instanceIds = parameters.list('InstanceId');
  if (instanceIds.length > MAX_INSTANCE_IDS) throw refusals.parameter('InstanceId');
  const page = pageNumbers(parameters, MAX_PAGE_SIZE);
  const all = region.all(instanceIds.length > 0 ? { instanceIds } : {}, now);
  const shown = slicePage(all, page);
  for (const machine of shown) machine.settle(now);
  return {
    InstanceStatuses: {
      InstanceStatus: shown.map(({ instanceId, status }) => ({ InstanceId: instanceId, Status: status })),
    },
    TotalCount: all.length,
    PageNumber: page.number,
    PageSize: page.size,
  };
}

export function noStatuses(): Record<string, unknown> {
  return { InstanceStatuses: { InstanceStatus: [] }, TotalCount: 0, PageNumber: 1, PageSize: 10 };
}
