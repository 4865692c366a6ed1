import type { ApiError } from '../../http/api-error.ts';
import type { Target } from '../assistant/assistant.ts';
import { refusals } from '../errors.ts';
import type { OperationCall } from '../operation.ts';

// 1 to 100 instances, content of at most 24 KB in base64, a timeout of 10 s at least: the operation's page.
const MAX_INSTANCES = 100;
const MAX_CONTENT = 24 * 1024;
const MIN_TIMEOUT = 10;

export function runCommand(call: OperationCall): Record<string, unknown> {
  const { parameters, permissions, assistant } = call;
  if (parameters.required('Type') !== 'RunShellScript') throw refusals.parameter('Type');
  const content = parameters.required('CommandContent');
  if (content.length > MAX_CONTENT) throw refusals.commandTooLong();
  const instanceIds = [...new Set(parameters.list('InstanceId'))];
  if (instanceIds.length === 0) throw refusals.noInstanceToRunOn();
  if (instanceIds.length > MAX_INSTANCES) throw refusals.tooManyToRunOn();
  if (!permissions.allowsOn('RunCommand', instanceIds)) throw refusals.forbidden();
  const token = parameters.optional('ClientToken');
  const known = token === undefined ? undefined : assistant.withToken(token);
  if (known) return { CommandId: known.commandId, InvokeId: known.invokeId };

  const isBase64 = parameters.optional('ContentEncoding')?.toLowerCase() === 'base64';
  const targets = instanceIds.map((id) => targetOf(id, call));
  const { commandId, invokeId } = assistant.start(
    {
      name: parameters.optional('Name') ?? 'cmd',
      script: isBase64 ? Buffer.from(content, 'base64').toString() : content,
      timeoutSeconds: Math.max(parameters.count('Timeout') ?? 60, MIN_TIMEOUT),
      targets,
    },
    token,
  );
  return { CommandId: commandId, InvokeId: invokeId };
}

/** An instance that cannot run it makes the whole call fail, or has a status of its own: the documents say both. */
function targetOf(instanceId: string, { region, now, switches, assistant }: OperationCall): Target {
  const machine = region.find(instanceId, now);
  if (!machine) throw refusals.instanceToRunOn();
  const root = () => assistant.trees.of(instanceId, region.keyPairs.publicKeyOf(machine.liveKeyPairName ?? ''));
  const cannot = (refusal: ApiError, code: string): Target => {
    if (switches.commandOnBadInstance === 'refuse') throw refusal;
    return { instanceId, root, aborted: { code, info: refusal.message } };
  };
  if (machine.osType === 'windows') return cannot(refusals.notForWindows(), 'CommandNotApplicable');
  if (machine.status !== 'Running') return cannot(refusals.notRunning(), 'InstanceNotRunning');
  if (!assistant.agentOf(instanceId).reports) return cannot(refusals.noAgent(), 'ClientNotRunning');
  return { instanceId, root };
}
