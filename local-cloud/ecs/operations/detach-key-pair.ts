import type { ApiError } from '../../http/api-error.ts';
import { refusals } from '../errors.ts';
import { decided, type Item, listed } from '../items.ts';
import type { Machine } from '../machine.ts';
import type { OperationCall } from '../operation.ts';
import { parseIdList } from '../parameters.ts';
import { detachAnswer } from './detach-answer.ts';

// "You can specify up to 50 instance IDs", the operation's page.
const MAX_INSTANCES = 50;

interface Step {
  readonly item: Item;
  /** The instance to detach from, when there is something to do. */
  readonly machine?: Machine;
}

export function detachKeyPair(call: OperationCall): Record<string, unknown> {
  const { parameters, region, permissions } = call;
  const keyPairName = parameters.required('KeyPairName');
  const asked = parseIdList(parameters.required('InstanceIds'));
  if (!region.keyPairs.has(keyPairName)) throw refusals.keyPairName();
  if (!asked || asked.length === 0) throw refusals.instanceIds();
  const instanceIds = [...new Set(asked)];
  if (instanceIds.length > MAX_INSTANCES) throw refusals.tooManyToDetach();
  if (!permissions.allowsOn('DetachKeyPair', instanceIds)) throw refusals.forbidden();

  // Every instance is looked at before any is changed: a refusal leaves all as they were.
  const steps = instanceIds.map((id) => decideOn(id, keyPairName, instanceIds, call));
  for (const { machine } of steps) if (machine) region.bind(machine, undefined);
  const items = steps.map(({ item }) => item);
  return detachAnswer({ keyPairName, items, listed: listed(call.items, items, 'successful') }, call);
}

function decideOn(id: string, keyPairName: string, ids: readonly string[], call: OperationCall): Step {
  const { region, now, switches } = call;
  const scripted = decided(call.items, id, ids);
  if (scripted) return { item: scripted };
  const machine = region.find(id, now);
  if (!machine) return refuseOrFail(id, switches.badInstance, refusals.instanceIds(), refusals.instanceId());
  if (machine.osType === 'windows') return refuseOrFail(id, switches.windowsInstance, refusals.windows());
  if (switches.betweenStates === 'item' && machine.status !== 'Running' && machine.status !== 'Stopped') {
    return failed(id, refusals.status());
  }
  if (machine.keyPairName !== keyPairName) {
    return switches.notBound === 'success'
      ? { item: succeeded(id) }
      : refuseOrFail(id, switches.notBound, refusals.instanceIds());
  }
  return { item: succeeded(id), machine };
}

function refuseOrFail(id: string, how: 'refuse' | 'item', refusal: ApiError, item = refusal): Step {
  if (how === 'refuse') throw refusal;
  return failed(id, item);
}

function succeeded(instanceId: string): Item {
  return { instanceId, ok: true, code: '200', message: 'successful' };
}

function failed(instanceId: string, { code, message }: ApiError): Step {
  return { item: { instanceId, ok: false, code, message } };
}
