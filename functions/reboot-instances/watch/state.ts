import type { Agent } from '../../../shared/ecs/cloud-assistant.ts';
import type { Instance } from '../../../shared/ecs/ecs.ts';
import type { Group } from '../../../shared/messages/watch.ts';
import type { Seen } from './decide.ts';

/** An agent that reports so long after a start does so since that start: starts are known to the minute. */
const START_MS = 60_000;

type Known = {
  readonly instance: Instance | 'missing';
  /** Undefined where agents do not matter. */
  readonly agent?: Agent | 'unknown';
};

/** What the description of an instance of a wave before says, and what its agent does where that counts. */
export function stateOf(instanceId: string, { instance, agent }: Known, { DetachedAt, MayRunOn }: Group): Seen {
  if (instance === 'missing' || instance.status === 'Stopped') return { instanceId, state: 'back' };
  if (instance.status !== 'Running') return { instanceId, state: 'coming' };
  const { startedAt = 0 } = instance;
  // Starts come to the minute: one in the minute of the detach may have come before it.
  if (!(startedAt > Date.parse(DetachedAt))) return { instanceId, state: MayRunOn ? 'back' : 'untouched' };
  const isReady = agent === undefined || (agent !== 'unknown' && hasReported(agent, startedAt));
  return { instanceId, state: isReady ? 'back' : 'coming', restartedAt: startedAt };
}

function hasReported({ heartbeatAt = 0 }: Agent, startedAt: number): boolean {
  return heartbeatAt >= startedAt + START_MS;
}
