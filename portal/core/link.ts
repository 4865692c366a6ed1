import { INSTANCE_ID } from '../../shared/messages/fields.ts';
import { isRecord } from '../../shared/record.ts';
import type { Detached, Proof } from './proof.ts';
import { errorsOf } from './restarts.ts';
import { isTarget } from './target.ts';

/** Longer addresses get lost in bookmarks. */
const MAX_HASH = 32_000;
const PREFIX = '#verify?';
const ID = new RegExp(INSTANCE_ID.pattern);

export type ProofLink =
  | { readonly kind: 'proof'; readonly proof: Proof }
  /** The verification alone: nothing to it. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'unreadable' };

/** The proof as the hash of an address; undefined where that would be too long. Ids are random: half of their length is left. */
export async function proofHash({ groups, watch }: Proof): Promise<string | undefined> {
  const text = JSON.stringify({
    groups: groups.map(({ task: _, ids, ...group }) => ({ ...group, ids: packed(ids) })),
    ...(watch && { watch }),
  });
  const hash = `${PREFIX}${base64Of(await piped(new TextEncoder().encode(text), new CompressionStream('deflate-raw')))}`;
  return hash.length <= MAX_HASH ? hash : undefined;
}

/** Undefined for the hash of no verification. A link may come from anyone: nothing of it is taken that is not well formed. */
export async function readProofHash(hash: string): Promise<ProofLink | undefined> {
  if (!hash.startsWith(PREFIX)) return undefined;
  if (hash === PREFIX) return { kind: 'empty' };
  if (hash.length > MAX_HASH) return { kind: 'unreadable' };
  try {
    const bytes = Uint8Array.from(atob(hash.slice(PREFIX.length).replaceAll('-', '+').replaceAll('_', '/')), codeOf);
    const text = new TextDecoder().decode(await piped(bytes, new DecompressionStream('deflate-raw')));
    const proof = readProof(JSON.parse(text));
    return proof ? { kind: 'proof', proof } : { kind: 'unreadable' };
  } catch {
    return { kind: 'unreadable' };
  }
}

function readProof(value: unknown): Proof | undefined {
  if (!isRecord(value) || !Array.isArray(value['groups'])) return undefined;
  const groups = value['groups'].map(readGroup);
  if (groups.length === 0 || !groups.every((group) => group !== undefined)) return undefined;
  const watch = readWatch(value['watch']);
  return { groups, ...(watch && { watch }) };
}

function readGroup(value: unknown): Detached | undefined {
  if (!isRecord(value) || !isRecord(value['target'])) return undefined;
  const { since, due, ids, request } = value;
  const { regionId, keyPairName, roleArn } = value['target'];
  const target = { regionId: String(regionId), keyPairName: String(keyPairName), roleArn: String(roleArn) };
  const list = unpacked(String(ids));
  if (!isTime(since) || !isTarget(target) || !list.every((id) => ID.test(id))) return undefined;
  return { target, since, ids: list, ...(isTime(due) && { due }), ...(typeof request === 'number' && { request }) };
}

function readWatch(value: unknown): Proof['watch'] {
  if (!isRecord(value)) return undefined;
  const { maxErrors, healthTimeoutSeconds, ready, batchSize } = value;
  if (typeof maxErrors !== 'string' || typeof healthTimeoutSeconds !== 'number' || typeof batchSize !== 'number') {
    return undefined;
  }
  if (errorsOf(maxErrors, batchSize) === undefined) return undefined;
  return { maxErrors, healthTimeoutSeconds, batchSize, ready: ready === 'CloudAssistant' ? ready : 'Running' };
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) < 8.64e15;
}

/** In order, each with how much of it is as in the one before: `i-bp1a.i-bp1b` → `0i-bp1a.5b`. */
function packed(ids: readonly string[]): string {
  let before = '';
  return [...ids]
    .sort()
    .map((id) => {
      let same = 0;
      while (same < 35 && same < id.length && id[same] === before[same]) same++;
      before = id;
      return same.toString(36) + id.slice(same);
    })
    .join('.');
}

function unpacked(text: string): string[] {
  let before = '';
  return text.split('.').map((piece) => {
    before = before.slice(0, Number.parseInt(piece[0] ?? '', 36)) + piece.slice(1);
    return before;
  });
}

/** Bytes, compressed or decompressed. */
async function piped(bytes: Uint8Array<ArrayBuffer>, through: CompressionStream | DecompressionStream) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(through)).arrayBuffer());
}

function base64Of(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function codeOf(character: string): number {
  return character.charCodeAt(0);
}
