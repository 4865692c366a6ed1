import { chunks } from '../../../shared/chunks.ts';
import { callErrorOf } from '../../../shared/ecs/call-error.ts';
import { type CloudAssistant, RUN_BATCH } from '../../../shared/ecs/cloud-assistant.ts';
import { asking, type RetryOptions } from '../../../shared/retry/retry.ts';
import type { Outcome } from '../outcome.ts';

/** The outcomes of a dry run, those of running instances with what their agents say. What cannot be read is not said. */
export async function withAgents(
  outcomes: readonly Outcome[],
  assistant: CloudAssistant,
  regionId: string,
  options: RetryOptions,
): Promise<Outcome[]> {
  const running = outcomes.filter(({ online }) => online === 'Offline').map(({ instanceId }) => instanceId);
  const reports = new Map<string, boolean>();
  for (const instanceIds of chunks(running, RUN_BATCH)) {
    try {
      const query = { regionId, instanceIds };
      const found = await asking(assistant.describeCloudAssistantStatus, query, options);
      for (const [id, agent] of found) reports.set(id, agent.reports);
    } catch (error) {
      callErrorOf(error);
    }
  }
  return outcomes.map((outcome) => {
    if (outcome.online !== 'Offline') return outcome;
    const isReporting = reports.get(outcome.instanceId);
    const { online: _, ...rest } = outcome;
    return isReporting === undefined ? rest : { ...rest, online: isReporting ? 'Reachable' : 'Offline' };
  });
}
