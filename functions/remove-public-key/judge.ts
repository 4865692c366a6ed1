import { isClean, type RemovalReport } from '../../shared/removal-report.ts';
import { done, type Evidence, failed, type RemovalOutcome } from './outcome.ts';

export type Check = { readonly report: RemovalReport; readonly invokeId: string; readonly checkedAt: number };

/** What the run that removes and the run that only reads have shown → the outcome. Unreadable is never clean. */
export function judge(
  instanceId: string,
  removal: RemovalReport,
  { report, invokeId, checkedAt }: Check,
): RemovalOutcome {
  const evidence: Evidence = {
    InvokeId: invokeId,
    Files: String(report.files),
    LinesRemoved: String(removal.removed),
    SessionsClosed: removal.sessions,
    CheckedAt: new Date(checkedAt).toISOString(),
  };
  const cannotWork = [removal, report].find(({ status }) => status === 2);
  if (cannotWork)
    return failed(instanceId, unreadable(`the script cannot work there (${cannotWork.reason})`), evidence);
  if (report.unreadable.length > 0) return failed(instanceId, unreadable(list(report.unreadable)), evidence);
  if (isClean(report)) return done(instanceId, removal.removed > 0 ? 'Removed' : 'Clean', evidence);
  // It was seen, and the file could not be written.
  if (removal.unreadable.length > 0) return failed(instanceId, unreadable(list(removal.unreadable)), evidence);
  return failed(instanceId, keyRemains(report), evidence);
}

function unreadable(what: string) {
  return { code: 'Unreadable', message: `A file that could matter could not be read or written: ${what}.` };
}

function keyRemains({ lines, accepted }: RemovalReport) {
  const where = accepted.length > 0 ? `sshd still accepts the key for ${list(accepted)}` : `${lines} lines are left`;
  return { code: 'KeyRemains', message: `The key is still there: ${where}.` };
}

function list(names: readonly string[]): string {
  return names.join(', ');
}
