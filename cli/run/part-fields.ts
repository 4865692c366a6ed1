import { recordOf, type UnknownRecord } from '../../shared/record.ts';
import type { Plan } from './run.ts';

/** The request of a part with what the plan adds to it. Of the same part always the same: it is known by its token. */
export function partFields(
  fields: UnknownRecord,
  { rollout, extras }: Pick<Plan, 'rollout' | 'extras'>,
): UnknownRecord {
  const { watch, notBefore, online } = rollout;
  const reboot = fields['Reboot'] === undefined ? undefined : recordOf(fields['Reboot']);
  // A later request's delay counts from the waves before it, which waited for that time already.
  const waits = notBefore !== undefined && reboot?.['DelaySeconds'] === undefined;
  return {
    ...fields,
    ...(reboot && { Reboot: { ...reboot, ...watch, ...(waits && { NotBefore: notBefore }) } }),
    ...(online && { Online: online }),
    ...extras,
  };
}
