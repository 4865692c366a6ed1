import { refusals } from '../errors.ts';
import type { OperationCall } from '../operation.ts';

// At most 100 ids, the operation's page; one that does not exist makes the call fail.
const MAX_INSTANCES = 100;

export function describeCloudAssistantStatus(call: OperationCall): Record<string, unknown> {
  const { parameters, region, now, assistant } = call;
  const instanceIds = [...new Set(parameters.list('InstanceId'))];
  if (instanceIds.length > MAX_INSTANCES) throw refusals.tooManyToRunOn();
  const found = instanceIds.map((id) => {
    const machine = region.find(id, now);
    if (!machine) throw refusals.instanceToRunOn();
    return machine;
  });
  return {
    InstanceCloudAssistantStatusSet: {
      InstanceCloudAssistantStatus: found.map(({ instanceId, status, osType }) => ({
        InstanceId: instanceId,
        CloudAssistantStatus: String(status === 'Running' && assistant.agentOf(instanceId).reports),
        CloudAssistantVersion: '2.2.3.857',
        LastHeartbeatTime: `${new Date(now).toISOString().slice(0, 19)}Z`,
        OSType: osType,
      })),
    },
    TotalCount: found.length,
    NextToken: '',
  };
}
