import { ApiError } from '../../http/api-error.ts';
import { refusals } from '../errors.ts';
import { decided, listed } from '../items.ts';
import type { Machine } from '../machine.ts';
import type { OperationCall } from '../operation.ts';
import { wireCode } from '../wire-types.ts';

// RebootInstances takes 1 to 100 ids, its page.
const MAX_INSTANCES = 100;
const INSTANCE_ID = /^i-[0-9A-Za-z]+$/;

export function rebootInstances(call: OperationCall): Record<string, unknown> {
  const { parameters, permissions } = call;
  const instanceIds = [...new Set(parameters.list('InstanceId'))];
  const mode = parameters.optional('BatchOptimization') ?? 'AllTogether';
  const force = parameters.flag('ForceReboot');
  if (mode !== 'AllTogether' && mode !== 'SuccessFirst') throw refusals.parameter('BatchOptimization');
  if (instanceIds.length === 0) throw refusals.noInstanceId();
  if (instanceIds.length > MAX_INSTANCES) throw refusals.tooManyToReboot();
  if (!instanceIds.every((id) => INSTANCE_ID.test(id))) throw refusals.malformedToReboot();
  if (!permissions.allowsOn('RebootInstances', instanceIds)) throw refusals.forbidden();

  if (mode === 'AllTogether') for (const id of instanceIds) mustReboot(id, call, refusals.instanceIdsUnknown);
  // With SuccessFirst a dry run says success whatever the instances are, the operation's page.
  if (parameters.flag('DryRun')) throw refusals.dryRun();

  const items = instanceIds.map((id) => reboot(id, force, instanceIds, call));
  return {
    InstanceResponses: { InstanceResponse: listed(call.items, items, 'success').map((item) => shape(item, call)) },
  };
}

export function rebootInstance(call: OperationCall): Record<string, unknown> {
  const { parameters, permissions, now, downtime } = call;
  const instanceId = parameters.required('InstanceId');
  const force = parameters.flag('ForceStop');
  if (!permissions.allowsOn('RebootInstance', [instanceId])) throw refusals.forbidden();
  const machine = mustReboot(instanceId, call, refusals.instanceId);
  if (parameters.flag('DryRun')) throw refusals.dryRunOperation();
  machine.reboot(now, force, downtime);
  return {};
}

function reboot(id: string, force: boolean, ids: readonly string[], call: OperationCall) {
  const scripted = decided(call.items, id, ids);
  if (scripted) return scripted;
  try {
    mustReboot(id, call, refusals.instanceId).reboot(call.now, force, call.downtime);
    return { instanceId: id, ok: true, code: '200', message: 'success' };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { instanceId: id, ok: false, code: error.code, message: error.message };
  }
}

/** "The instance must be in the Running state", both operations' pages. */
function mustReboot(id: string, { region, now }: OperationCall, unknown: () => ApiError): Machine {
  const machine = region.find(id, now);
  if (!machine) throw unknown();
  if (machine.locked) throw refusals.locked();
  if (machine.status !== 'Running') throw refusals.status();
  return machine;
}

function shape(item: ReturnType<typeof reboot>, { region, now, switches }: OperationCall) {
  const status = region.find(item.instanceId, now)?.status ?? '';
  return {
    Code: wireCode(item.code, switches.wireTypes),
    Message: item.message,
    InstanceId: item.instanceId,
    CurrentStatus: status,
    PreviousStatus: item.ok ? 'Running' : status,
  };
}
