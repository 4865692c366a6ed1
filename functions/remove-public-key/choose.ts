import type { Described } from '../../shared/ecs/describe-by-id.ts';
import { done, failed, type RemovalOutcome } from './outcome.ts';

export type Chosen = { readonly outcomes: readonly RemovalOutcome[]; readonly running: readonly string[] };

/** The instances on which a script can run, and what is to be said of the others. */
export function chooseInstances(described: Described): Chosen {
  const outcomes: RemovalOutcome[] = [];
  const running: string[] = [];
  const allMissing = [...described.values()].every((instance) => instance === 'missing');
  for (const [id, instance] of described) {
    if (instance === 'missing') outcomes.push(allMissing ? failed(id, NONE_FOUND) : done(id, 'Skipped.NotFound'));
    else if (instance.windows) outcomes.push(failed(id, WINDOWS));
    else if (instance.status === 'Stopped') outcomes.push(done(id, 'Skipped.Stopped'));
    else if (instance.status === 'Running') running.push(id);
    else outcomes.push(failed(id, between(instance.status)));
  }
  return { outcomes, running };
}

/** All gone at once is less likely than a describing that was not permitted, which used to answer with an empty list. */
const NONE_FOUND = { code: 'InvalidInstanceId.NotFound', message: 'None of the instances is shown by ECS.' };

const WINDOWS = {
  code: 'DependencyViolation.WindowsInstance',
  message: 'The script runs on Linux; a Windows instance has no key pair.',
};

function between(status: string) {
  return { code: 'IncorrectInstanceStatus', message: `The instance is ${status}: no script can run on it now.` };
}
