/** Good, not yet, bad, or neither: what colour a finding has, beside its words. */
export type Tone = 'good' | 'wait' | 'bad' | 'plain';

const TONES: Readonly<Record<string, Tone>> = {
  'DryRun.WouldDetach': 'good',
  'DryRun.NotBound': 'plain',
  'DependencyViolation.WindowsInstance': 'plain',
  'Verify.Revoked': 'good',
  'Verify.RebootPending': 'wait',
  detached: 'good',
  unknown: 'wait',
  'not sent': 'plain',
};

/** Of a code of a dry run or a verification, or of a state of a row. */
export function toneOf(codeOrState: string): Tone {
  return TONES[codeOrState] ?? 'bad';
}
