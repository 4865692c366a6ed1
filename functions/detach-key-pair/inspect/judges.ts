import { NOT_FOUND } from '../detach/failures.ts';
import { failed, passed } from '../outcome.ts';
import type { Judge } from './inspect.ts';

/** What a detach would do. */
export function dryRunOf(keyPairName: string): Judge {
  return (id, described) => {
    if (described === 'missing') return failed(id, NOT_FOUND);
    if (described.windows)
      return finding(id, 'DependencyViolation.WindowsInstance', 'A Windows instance has no key pair to take off.');
    if (described.keyPairName !== keyPairName)
      return finding(id, 'DryRun.NotBound', 'The key pair is not bound to this instance.');
    return passed(id, 'DryRun.WouldDetach', 'The key pair would be taken off this instance.', Date.now());
  };
}

/**
 * Whether a detach is real. ECS gives an instance's start to the minute, so a start counts only when its whole minute is
 * after `since`: one in that very minute may have come first.
 */
export function verifyOf(keyPairName: string, since: number): Judge {
  return (id, described) => {
    if (described === 'missing') return failed(id, NOT_FOUND);
    if (described.keyPairName === keyPairName)
      return finding(id, 'Verify.StillBound', 'The key pair is still bound to this instance.');
    if (described.status === 'Running' && (described.startedAt ?? 0) > since) {
      return passed(id, 'Verify.Revoked', 'The key pair is off, and the instance has restarted since.', Date.now());
    }
    const why = described.status === 'Running' ? 'has not restarted since' : `is ${described.status}`;
    return finding(
      id,
      'Verify.RebootPending',
      `The key pair is off; until the instance restarts its key still works. It ${why}.`,
    );
  };
}

function finding(instanceId: string, code: string, message: string) {
  return failed(instanceId, { code, message, retryable: false });
}
