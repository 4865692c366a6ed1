import type { Applied } from './apply.ts';
import { setupAnswer } from './json.ts';
import type { SetupIo } from './options.ts';
import type { Plan } from './plan.ts';
import type { Place } from './rights.ts';
import { exportLines, type Variables } from './variables.ts';

export type Finished = {
  readonly plan: Plan;
  readonly applied: readonly Applied[];
  readonly variables: Variables;
  readonly place: Place;
  readonly dryRun: boolean;
};

/** The last lines → the exit code. */
export function finish(
  { plan, applied, variables, place, dryRun }: Finished,
  { json, io }: { readonly json: boolean; readonly io: SetupIo },
): number {
  const isWhole = applied.every(({ result }) => result === 'Done');
  const isBlocked = plan.leftAlone.some(({ blocks }) => blocks);
  if (json) io.out(setupAnswer(plan, applied, variables, place));
  if (!isWhole) io.err('Some of it failed. Run setup again: it goes on with what is missing.');
  if (isBlocked)
    io.err('What is marked ! is in the way of a deployment: setup did not write it, and leaves it to you.');
  // A shell that evaluates the lines does not see the exit code: it gets none of what is not there.
  if (!json && isWhole && !isBlocked) {
    if (dryRun && plan.changes.length > 0) io.out('# what `s deploy` needs, once the changes are made:');
    for (const line of exportLines(variables)) io.out(line);
  }
  if (!isWhole) return 1;
  return isBlocked ? 3 : 0;
}
