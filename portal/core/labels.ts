/** Good, not yet, bad, or neither: what colour a finding has, beside its words. */
export type Tone = 'good' | 'wait' | 'bad' | 'plain';

type Label = { readonly text: string; readonly tone: Tone };

/** What the codes of dry runs and verifications mean, in few words. */
const LABELS: Readonly<Record<string, Label>> = {
  'DryRun.WouldDetach': { text: 'Would be detached', tone: 'good' },
  'DryRun.NotBound': { text: 'Has another key pair or none', tone: 'plain' },
  'DependencyViolation.WindowsInstance': { text: 'Windows', tone: 'plain' },
  'InvalidInstanceId.NotFound': { text: 'Not found', tone: 'bad' },
  'Verify.Revoked': { text: 'Revoked', tone: 'good' },
  'Verify.RebootPending': { text: 'Restart pending', tone: 'wait' },
  'Verify.StillBound': { text: 'Still bound', tone: 'bad' },
};

const STATES: Readonly<Record<string, Label>> = {
  detached: { text: 'Detached', tone: 'good' },
  failed: { text: 'Failed', tone: 'bad' },
  unknown: { text: 'Unknown', tone: 'wait' },
  'not sent': { text: 'Not sent', tone: 'plain' },
};

export function labelOf(code: string): Label {
  return LABELS[code] ?? { text: code, tone: 'bad' };
}

export function labelOfState(state: string): Label {
  return STATES[state] ?? { text: state, tone: 'plain' };
}
