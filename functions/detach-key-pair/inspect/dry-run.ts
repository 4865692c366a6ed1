import { NOT_FOUND } from '../failures.ts';
import { failed, passed } from '../outcome.ts';
import { finding, type Judge } from './judge.ts';

/** What a detach would do. */
export function dryRunOf(keyPairName: string, withOnline: boolean): Judge {
  return (id, described, at) => {
    if (described === 'missing') return failed(id, NOT_FOUND);
    if (described.windows) {
      return finding(id, 'DependencyViolation.WindowsInstance', 'A Windows instance has no key pair to take off.');
    }
    if (described.keyPairName === keyPairName) {
      const outcome = passed(id, 'DryRun.WouldDetach', 'The key pair would be taken off this instance.', at);
      // Until its agent is asked.
      return withOnline ? { ...outcome, online: described.status === 'Stopped' ? 'Stopped' : 'Offline' } : outcome;
    }
    return finding(id, 'DryRun.NotBound', 'The key pair is not bound to this instance.', described.keyPairName);
  };
}
