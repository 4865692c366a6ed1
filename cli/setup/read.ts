import type { Cloud } from './cloud.ts';
import type { Desired } from './desired.ts';
import type { Existing } from './existing.ts';
import { type Failure, failureOf } from './failure.ts';
import { type Place, rightTo } from './rights.ts';

/** What is there under the names of `desired`, or every reason why that cannot be told. */
export async function readExisting(
  cloud: Cloud,
  { queue, policies, roles }: Desired,
  place: Place,
): Promise<Existing | readonly Failure[]> {
  const failures: Failure[] = [];
  async function look<T>(reading: Promise<T>, right: string): Promise<T | undefined> {
    try {
      return await reading;
    } catch (error) {
      failures.push({ ...failureOf(error, right), maybeDone: false });
      return undefined;
    }
  }
  const [hasQueue, foundPolicies, foundRoles] = await Promise.all([
    look(cloud.hasQueue(queue.name), rightTo('GetQueueAttributes', { queue: queue.name }, place)),
    Promise.all(
      policies.map(async ({ name }) => {
        const found = await look(cloud.policy(name), rightTo('GetPolicy', { policy: name }, place));
        return found ? ([[name, found]] as const) : [];
      }),
    ),
    Promise.all(
      roles.map(async ({ name }) => {
        const right = `${rightTo('GetRole', { role: name }, place)}, ram:ListPoliciesForRole on the same`;
        const found = await look(cloud.role(name), right);
        return found ? ([[name, found]] as const) : [];
      }),
    ),
  ]);
  if (failures.length > 0) return failures;
  return {
    queues: new Set(hasQueue ? [queue.name] : []),
    policies: new Map(foundPolicies.flat()),
    roles: new Map(foundRoles.flat()),
  };
}
