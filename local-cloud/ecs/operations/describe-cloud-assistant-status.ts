import { refusals } from '../errors.ts';
import type { Machine } from '../machine.ts';
import type { OperationCall } from '../operation.ts';

// At most 100 ids, the operation's page; one that does not exist makes the call fail.
const MAX_INSTANCES = 100;
const BEAT_MS = 60_000;

export function describeCloudAssistantStatus(call: OperationCall): Record<string, unknown> {
  const { parameters, region, now } = call;
  const instanceIds = [...new Set(parameters.list('InstanceId'))];
  if (instanceIds.length > MAX_INSTANCES) throw refusals.tooManyToRunOn();
  const found = instanceIds.map((id) => {
    const machine = region.find(id, now);
    if (!machine) throw refusals.instanceToRunOn();
    return machine;
  });
  return {
    InstanceCloudAssistantStatusSet: {
      InstanceCloudAssistantStatus: found.map((machine) => ({
        InstanceId: machine.instanceId,
        CloudAssistantStatus: String(doesReport(machine, call)),
        CloudAssistantVersion: '2.2.3.857',
        LastHeartbeatTime: `${new Date(heartbeatAt(machine, call)).toISOString().slice(0, 19)}Z`,
        OSType: machine.osType,
      })),
    },
    TotalCount: found.length,
    NextToken: '',
  };
}

function doesReport({ instanceId, status }: Machine, { assistant }: OperationCall): boolean {
  return status === 'Running' && assistant.agentOf(instanceId).reports;
}

/** Every 55 to 65 s from its start on, by the agent's source; one that does not report was last heard of before that. */
function heartbeatAt(machine: Machine, call: OperationCall): number {
  const { startTime } = machine;
  if (!doesReport(machine, call)) return startTime - BEAT_MS;
  return startTime + Math.floor((call.now - startTime) / BEAT_MS) * BEAT_MS;
}
