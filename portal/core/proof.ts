import { chunks } from '../../shared/chunks.ts';
import { INSTANCE_ID } from '../../shared/messages/fields.ts';
import type { Job } from './job.ts';
import { complaints, type Target, targetFields } from './target.ts';

/** Instances that were detached by this time (ms since the epoch). */
export type Detached = { readonly since: number; readonly ids: readonly string[] };

/** What a later verification is about. */
export type Proof = { readonly target: Target; readonly groups: readonly Detached[] };

/** Longer addresses get lost in bookmarks and chats. */
const MAX_HASH = 32_000;
const REQUEST_SIZE = 1_000;
const PREFIX = '#verify?';
const ID = new RegExp(INSTANCE_ID.pattern);

/** Of a job: what is detached, by when. */
export function proofOf({ target, parts }: Job): Proof {
  const since = new Map<string, number>();
  for (const done of parts.flatMap((part) => part.done ?? [])) {
    for (const { id, ok } of done.outcomes) if (ok) since.set(id, done.since);
  }
  const groups = new Map<number, string[]>();
  for (const [id, time] of since) {
    const group = groups.get(time) ?? [];
    group.push(id);
    groups.set(time, group);
  }
  return { target, groups: [...groups].map(([time, ids]) => ({ since: time, ids })) };
}

export function proofRequests({ target, groups }: Proof) {
  return groups.flatMap(({ since, ids }) =>
    chunks(ids, REQUEST_SIZE).map((some) => ({
      ...targetFields(target),
      InstanceIds: some,
      Verify: true,
      VerifySince: new Date(since).toISOString(),
    })),
  );
}

/** The proof as the hash of an address; where that would be too long, the job's id stands for its instances. */
export function proofHash({ target, groups }: Proof, jobId: string): string {
  const whole = hashOf(
    target,
    groups.map(({ since, ids }) => ['detached', `${new Date(since).toISOString()}~${ids.map(shortened).join('.')}`]),
  );
  return whole.length <= MAX_HASH ? whole : hashOf(target, [['job', jobId]]);
}

export type ProofLink =
  | { readonly kind: 'proof'; readonly proof: Proof }
  | { readonly kind: 'job'; readonly jobId: string }
  | { readonly kind: 'unreadable' };

/** Undefined for the hash of no verification. A link may come from anyone: nothing of it is taken that is not well formed. */
export function readProofHash(hash: string): ProofLink | undefined {
  if (!hash.startsWith(PREFIX)) return undefined;
  const fields = new URLSearchParams(hash.slice(PREFIX.length));
  const target: Target = {
    regionId: fields.get('region') ?? '',
    keyPairName: fields.get('keyPair') ?? '',
    roleArn: fields.get('role') ?? '',
  };
  const jobId = fields.get('job');
  const groups = fields.getAll('detached').map(readGroup);
  if (Object.keys(complaints(target)).length > 0) return { kind: 'unreadable' };
  if (jobId !== null) return { kind: 'job', jobId };
  if (groups.length === 0 || !groups.every((group) => group !== undefined)) return { kind: 'unreadable' };
  return { kind: 'proof', proof: { target, groups } };
}

function hashOf({ regionId, keyPairName, roleArn }: Target, more: readonly (readonly [string, string])[]): string {
  const fields = new URLSearchParams({
    region: regionId,
    keyPair: keyPairName,
    ...(roleArn !== '' && { role: roleArn }),
  });
  for (const [name, value] of more) fields.append(name, value);
  return `${PREFIX}${fields}`;
}

function readGroup(text: string): Detached | undefined {
  const [time = '', list = ''] = text.split('~', 2);
  const ids = list.split('.').map((rest) => `i-${rest}`);
  const since = Date.parse(time);
  return Number.isNaN(since) || !ids.every((id) => ID.test(id)) ? undefined : { since, ids };
}

function shortened(id: string): string {
  return id.slice('i-'.length);
}
