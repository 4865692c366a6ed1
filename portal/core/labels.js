/** What the codes of dry runs and verifications mean, in few words. */
const LABELS = {
  'DryRun.WouldDetach': { text: 'Would be detached', tone: 'good' },
  'DryRun.NotBound': { text: 'Has another key pair or none', tone: 'plain' },
  'DependencyViolation.WindowsInstance': { text: 'Windows', tone: 'plain' },
  'InvalidInstanceId.NotFound': { text: 'Not found', tone: 'bad' },
  'Verify.Revoked': { text: 'Revoked', tone: 'good' },
  'Verify.RebootPending': { text: 'Restart pending', tone: 'wait' },
  'Verify.StillBound': { text: 'Still bound', tone: 'bad' },
};
const STATES = {
  detached: { text: 'Detached', tone: 'good' },
  failed: { text: 'Failed', tone: 'bad' },
  unknown: { text: 'Unknown', tone: 'wait' },
  'not sent': { text: 'Not sent', tone: 'plain' },
};
export function labelOf(code) {
  return LABELS[code] ?? { text: code, tone: 'bad' };
}
export function labelOfState(state) {
  return STATES[state] ?? { text: state, tone: 'plain' };
}
