import { callErrorOf } from '../../shared/ecs/call-error.ts';
import { asking } from '../../shared/retry/retry.ts';
import { judge } from './judge.ts';
import { failed, type RemovalOutcome } from './outcome.ts';
import { type Ran, type RemovalRun, runScript } from './run-script.ts';

/** Running instances → outcomes: a run that removes, then a second one that only reads. */
export async function removeKey(ids: readonly string[], run: RemovalRun): Promise<RemovalOutcome[]> {
  const agents = await agentsOf(ids, run);
  const reachable = ids.filter((id) => agents.get(id) !== false);
  const offline = ids.filter((id) => agents.get(id) === false).map((id) => failed(id, OFFLINE));
  if (reachable.length === 0) return offline;

  const removals = await runScript(reachable, 'remove', run);
  const ranThere = reachable.filter((id) => 'report' in ranOn(id, removals));
  const checks = await runScript(ranThere, 'check', run);
  const outcomes = reachable.map((id) => {
    const removal = ranOn(id, removals);
    if ('failure' in removal) return failed(id, removal.failure);
    const check = ranOn(id, checks);
    if ('failure' in check) return failed(id, check.failure);
    return judge(id, removal.report, { ...check, checkedAt: check.finishedAt });
  });
  return [...offline, ...outcomes];
}

function ranOn(id: string, all: ReadonlyMap<string, Ran>): Ran {
  return all.get(id) ?? UNKNOWN;
}

const UNKNOWN = { failure: { code: 'OutcomeUnknown', message: 'Cloud Assistant says nothing of this instance.' } };
const OFFLINE = {
  code: 'CloudAssistant.Offline',
  message: 'The agent of Cloud Assistant does not report: nothing can be run on the instance.',
};

/** Which agents report. Where that cannot be read the commands show it: an agent that is not known is tried. */
async function agentsOf(ids: readonly string[], run: RemovalRun): Promise<ReadonlyMap<string, boolean>> {
  const query = { regionId: run.regionId, instanceIds: ids };
  if (ids.length === 0) return new Map();
  try {
    const found = await asking(run.assistant.describeCloudAssistantStatus, query, run);
    return new Map([...found].map(([id, { reports }]) => [id, reports]));
  } catch (error) {
    callErrorOf(error);
    return new Map();
  }
}
