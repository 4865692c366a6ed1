import type { Applied } from './apply.ts';
import type { Plan } from './plan.ts';
import type { Place } from './rights.ts';
import type { Variables } from './variables.ts';

/** What `--json` prints. `applied` is empty with `--dry-run`: then no change has a `Result`. */
export function setupAnswer(
  { changes, leftAlone }: Plan,
  applied: readonly Applied[],
  variables: Variables,
  { accountId, region }: Place,
): string {
  const answer = {
    AccountId: accountId,
    RegionId: region,
    Changes: changes.map((change, n) => ({
      Kind: change.kind,
      Name: change.name,
      ...(change.kind === 'attach policy' && { RoleName: change.role }),
      Reason: change.reason,
      Difference: change.difference,
      ...resultOf(applied[n]),
    })),
    LeftAlone: leftAlone.map(({ what, why, blocks, difference, cures }) => ({
      Name: what,
      Reason: why,
      Blocks: blocks,
      Difference: difference,
      Cures: cures,
    })),
    Variables: variables,
  };
  return JSON.stringify(answer, null, 2);
}

function resultOf(applied: Applied | undefined): object {
  if (!applied) return {};
  const { result } = applied;
  if (result === 'Skipped') return { Result: result, Message: applied.because };
  if (result === 'Done') return { Result: result };
  const { code, message, right, isForbidden } = applied.failure;
  return { Result: result, Code: code, Message: message, ...(isForbidden && { MissingRight: right }) };
}
