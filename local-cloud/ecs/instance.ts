export const INSTANCE_STATUSES = ['Pending', 'Starting', 'Running', 'Stopping', 'Stopped'] as const;
export type InstanceStatus = (typeof INSTANCE_STATUSES)[number];

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** One reboot: asked for, off, running again. Times are the cloud's, in milliseconds. */
export interface Reboot {
  readonly requestedAt: number;
  readonly runningAt: number;
  readonly force: boolean;
}

export interface Instance {
  readonly instanceId: string;
  readonly regionId: string;
  readonly accountId: string;
  readonly osType: 'linux' | 'windows';
  /** Where it stands in its region's list. */
  readonly ordinal: number;
  readonly tags: readonly Tag[];
  readonly reboots: readonly Reboot[];
  readonly rebootSeconds: number;
  readonly locked: boolean;
  readonly status: InstanceStatus;
  /** Bound in the records; what DescribeInstances says. */
  readonly keyPairName: string | undefined;
  /** The key that opens the machine: the one bound when it last started. */
  readonly liveKeyPairName: string | undefined;
  readonly startTime: number;
}

/** What a test says of an instance; the rest is made up. */
export interface InstanceSeed {
  instanceId?: string;
  regionId?: string;
  status?: InstanceStatus;
  osType?: 'linux' | 'windows';
  /** Left out: the cloud's key pair, for linux. `null`: none. */
  keyPairName?: string | null;
  startTime?: number;
  tags?: Record<string, string>;
  rebootSeconds?: number;
  locked?: boolean;
}

// Recorded answers of the real service hold ids of 22 characters: `i-`, three that tell the region, 17 more.
const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/** The id of the n-th instance, always the same one. */
export function instanceIdAt(n: number): string {
  let state = (n + 1) * 2654435761;
  let scattered = '';
  for (let i = 0; i < 12; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    scattered += ALPHABET[(state >>> 16) % 36] ?? '0';
  }
  return `i-bp1${scattered}${n.toString(36).padStart(5, '0')}`;
}
