import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CallError, callErrorOf } from '../../shared/ecs/call-error.ts';
import type { CloudAssistant, InvocationRow } from '../../shared/ecs/cloud-assistant.ts';
import { type RemovalReport, readRemovalReport, removalCommandName } from '../../shared/removal-report.ts';
import { waits } from '../../shared/retry/backoff.ts';
import { asking, type RetryOptions } from '../../shared/retry/retry.ts';
import type { Why } from './outcome.ts';
import { type ScriptRun, scriptFor } from './script.ts';

export type RemovalRun = RetryOptions & {
  readonly assistant: CloudAssistant;
  readonly regionId: string;
  readonly timeoutSeconds: number;
  readonly publicKey: string;
  readonly sessions: 'Keep' | 'Close';
};

export type Ran =
  | { readonly report: RemovalReport; readonly invokeId: string; readonly finishedAt: number }
  | { readonly failure: Why };

/** After the script's own timeout: the service delivers for a minute, and agents report within seconds. */
const GRACE_MS = 70_000;
/** Single instances refused for one code, when none was taken: then the code concerns all. */
const SAME_REFUSALS = 3;

/** One run of the script on each instance → what it reported there, or why there is no report. */
export async function runScript(
  ids: readonly string[],
  mode: ScriptRun['mode'],
  run: RemovalRun,
): Promise<ReadonlyMap<string, Ran>> {
  // New for each run: FC may run one invocation again, and the results of the run before prove nothing any more.
  const nonce = randomUUID().replaceAll('-', '');
  const { publicKey, sessions } = run;
  const [type = '', blob = ''] = publicKey.split(' ');
  const script = scriptFor({ mode, publicKey, sessions, nonce });
  // The run that removes leaves time for the one that proves, whatever it waits for.
  const share = mode === 'remove' ? 0.5 : 1;
  const until = Date.now() + Math.min(run.timeoutSeconds * 1_000 + GRACE_MS, run.deadline.left() * share);
  const started = await start(ids, { name: removalCommandName(mode, { type, blob }), script, nonce }, run);
  const collected = await Promise.all(started.invocations.map((each) => collect(each, until, run)));
  const ran = new Map<string, Ran>(started.refused);
  for (const { rows, invocation } of collected) {
    for (const id of invocation.ids) {
      const row = rows.get(id);
      ran.set(id, row ? readRow(row, invocation.invokeId, { mode, nonce }) : { failure: NO_RESULT });
    }
  }
  return ran;
}

type Invocation = { readonly invokeId: string; readonly ids: readonly string[] };
type Command = { readonly name: string; readonly script: string; readonly nonce: string };

/** One instance that cannot run it makes ECS refuse the whole call: the ids are halved until that one is alone. */
async function start(ids: readonly string[], { name, script, nonce }: Command, run: RemovalRun) {
  const invocations: Invocation[] = [];
  const refused = new Map<string, Ran>();
  const refusals = new Map<string, number>();
  const { regionId, timeoutSeconds, assistant } = run;
  const waiting = ids.length > 0 ? [ids] : [];
  for (let group = waiting.shift(); group; group = waiting.shift()) {
    const instanceIds = group;
    const common = [...refusals].find(([, times]) => times >= SAME_REFUSALS && invocations.length === 0);
    if (common) {
      for (const id of instanceIds) refused.set(id, { failure: { code: common[0], message: REFUSED_FOR_ALL } });
      continue;
    }
    const clientToken = createHash('sha256')
      .update(JSON.stringify([nonce, instanceIds]))
      .digest('hex');
    const call = { regionId, instanceIds, name, script, timeoutSeconds, clientToken };
    try {
      const invokeId = await asking(assistant.runCommand, call, run);
      invocations.push({ invokeId, ids: instanceIds });
    } catch (error) {
      const callError = callErrorOf(error);
      const isOneAtFault = callError.kind === 'refused';
      if (isOneAtFault && instanceIds.length > 1) {
        const half = Math.ceil(instanceIds.length / 2);
        waiting.push(instanceIds.slice(0, half), instanceIds.slice(half));
        continue;
      }
      const { code } = failureOf(callError);
      refusals.set(code, (refusals.get(code) ?? 0) + 1);
      for (const id of instanceIds) refused.set(id, { failure: failureOf(callError) });
    }
  }
  return { invocations, refused };
}

const REFUSED_FOR_ALL = 'ECS refused the command for several instances with this code, and took it for none.';

/** Between one look at the results and the next: a script takes seconds, a slow machine a minute. */
const LOOK_MS = 1_000;
const LOOK_CAP_MS = 3_000;

/** Looks until every instance has ended, or time is up; those that have not are left out. */
async function collect(invocation: Invocation, until: number, run: RemovalRun) {
  const rows = new Map<string, InvocationRow>();
  const asked = new Set(invocation.ids);
  for (let look = 1; ; look++) {
    const waitMs = waits.factor * Math.min(look * LOOK_MS, LOOK_CAP_MS);
    await sleep(waitMs);
    // A look that fails is no result; the next one may succeed.
    const seen = await readAll(invocation.invokeId, run).catch((error: unknown) => void callErrorOf(error));
    for (const row of seen ?? []) if (asked.has(row.instanceId) && isOver(row)) rows.set(row.instanceId, row);
    if (rows.size === asked.size || until - Date.now() <= waitMs) return { rows, invocation };
  }
}

async function readAll(invokeId: string, { assistant, regionId, ...options }: RemovalRun): Promise<InvocationRow[]> {
  const rows: InvocationRow[] = [];
  let nextToken: string | undefined;
  do {
    const query = { regionId, invokeId, ...(nextToken !== undefined && { nextToken }) };
    const page = await asking(assistant.describeInvocationResults, query, options);
    rows.push(...page.rows);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return rows;
}

function isOver({ status }: InvocationRow): boolean {
  return !['', 'Pending', 'Scheduled', 'Running', 'Stopping'].includes(status);
}

/** Success is what the script says itself, whole, and what the exit code says too. */
function readRow(row: InvocationRow, invokeId: string, run: Pick<ScriptRun, 'mode' | 'nonce'>): Ran {
  const { status, exitCode, errorCode, errorInfo, dropped, output, finishedAt = Date.now() } = row;
  if (status === 'Timeout') return { failure: TIMEOUT };
  if (status !== 'Success' && status !== 'Failed') {
    const message = errorInfo || `Cloud Assistant reports the status ${status}.`;
    return { failure: { code: NOT_THERE.has(errorCode) ? OFFLINE : errorCode || 'OutcomeUnknown', message } };
  }
  const report = readRemovalReport(output);
  const isOfThisRun = report?.nonce === run.nonce && report.mode === run.mode;
  if (dropped !== 0 || !report || !isOfThisRun || exitCode !== report.status) return { failure: CUT_OFF };
  return { report, invokeId, finishedAt };
}

const OFFLINE = 'CloudAssistant.Offline';
const NOT_THERE = new Set([
  'ClientNotRunning',
  'ClientNotResponse',
  'DeliveryTimeout',
  'InstanceNotRunning',
  'ClientNetworkBlocked',
]);
const TIMEOUT = { code: 'CloudAssistant.Timeout', message: 'The script did not end in time on the instance.' };
const NO_RESULT = { code: 'CloudAssistant.Timeout', message: 'Cloud Assistant gave no result in time.' };
const CUT_OFF = {
  code: 'OutcomeUnknown',
  message: 'What Cloud Assistant reports is not the whole result of the script.',
};

export function failureOf({ codeToReport: code, message }: CallError): Why {
  return { code: code === 'InvalidInstance.NoClient' ? OFFLINE : code, message };
}
