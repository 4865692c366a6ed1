import { NOT_FOUND } from '../failures.ts';
import { failed, passed } from '../outcome.ts';
import { finding, type Judge } from './judge.ts';

/**
 * Whether a detach is real. ECS gives an instance's start to the minute, so a start counts only when its whole minute is
 * after `since`: one in that very minute may have come first.
 */
export function verifyOf(keyPairName: string, since: number): Judge {
  return (id, described, at) => {
    if (described === 'missing') return failed(id, NOT_FOUND);
    const { keyPairName: bound, status, startedAt } = described;
    if (bound === keyPairName) {
      return finding(id, 'Verify.StillBound', 'The key pair is still bound to this instance.');
    }
    const other = bound === undefined ? {} : { boundKeyPairName: bound };
    if (status === 'Running' && (startedAt ?? 0) > since) {
      return {
        ...passed(id, 'Verify.Revoked', 'The key pair is off, and the instance has restarted since.', at),
        ...other,
      };
    }
    const state = status === 'Running' ? 'It has not restarted since' : `It is ${status}`;
    return finding(
      id,
      'Verify.RebootPending',
      `${state}: the key pair is off, but until the instance restarts its key still works.`,
      bound,
    );
  };
}
