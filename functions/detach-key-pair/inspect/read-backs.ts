import { callErrorOf } from '../../../shared/ecs/call-error.ts';
import type { CloudAssistant, InvocationRow } from '../../../shared/ecs/cloud-assistant.ts';
import type { PublicKey } from '../../../shared/public-key.ts';
import { isClean, readRemovalReport, removalCommandName } from '../../../shared/removal-report.ts';
import { asking, type RetryOptions } from '../../../shared/retry/retry.ts';
import { type Outcome, passed } from '../outcome.ts';
import { isRestartPending } from './judge.ts';

type Record = { readonly assistant: CloudAssistant; readonly regionId: string; readonly publicKey: PublicKey };

/** An instance that was found clean, and by which run. */
type ReadBack = { readonly invokeId: string; readonly startedAt: number };

/**
 * The outcomes of a verification, those that wait for a restart proven by the record of Cloud Assistant where it has a
 * read-only run since then that found this key nowhere. A record that cannot be read, or is cut off, proves nothing.
 */
export async function withReadBacks(
  outcomes: readonly Outcome[],
  since: number,
  record: Record,
  options: RetryOptions,
): Promise<Outcome[]> {
  const found = await readBacks(since, record, options);
  return outcomes.map((outcome) => {
    const { instanceId, boundKeyPairName } = outcome;
    const readBack = found.get(instanceId);
    if (!isRestartPending(outcome) || !readBack) return outcome;
    const at = new Date(readBack.startedAt).toISOString();
    const message = `The key pair is off, and a read-back on the instance found the key nowhere: ${readBack.invokeId}, ${at}. It has not restarted since.`;
    return { ...passed(instanceId, 'Verify.Revoked', message, readBack.startedAt), boundKeyPairName };
  });
}

/** The latest run on each instance decides: one that found the key after one that did not. */
async function readBacks(since: number, { assistant, regionId, publicKey }: Record, options: RetryOptions) {
  const latest = new Map<string, ReadBack & { readonly isProof: boolean }>();
  const name = removalCommandName('check', publicKey);
  let nextToken: string | undefined;
  try {
    do {
      const query = { regionId, name, ...(nextToken !== undefined && { nextToken }) };
      const page = await asking(assistant.describeInvocations, query, options);
      for (const { invokeId, rows } of page.invocations) {
        for (const row of rows) {
          const { instanceId, startedAt = 0 } = row;
          const known = latest.get(instanceId);
          if (startedAt < since || (known && startedAt < known.startedAt)) continue;
          // Times have seconds: of two runs in one second either may be the later.
          const isContradicted = known?.startedAt === startedAt && !known.isProof;
          latest.set(instanceId, { invokeId, startedAt, isProof: isProof(row) && !isContradicted });
        }
      }
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  } catch (error) {
    callErrorOf(error);
    return new Map<string, ReadBack>();
  }
  return new Map<string, ReadBack>([...latest].filter(([, { isProof }]) => isProof));
}

function isProof({ status, exitCode, dropped, output }: InvocationRow): boolean {
  const report = readRemovalReport(output);
  return status === 'Success' && exitCode === 0 && dropped === 0 && report !== undefined && isClean(report);
}
