import pLimit from 'p-limit';
import { matchesKeyPair } from '../../../shared/config/allow-lists.ts';
import type { Config } from '../../../shared/config/config.ts';
import { CallError, callErrorOf } from '../../../shared/ecs/call-error.ts';
import { type Ecs, KEY_PAIRS_PAGE, type KeyPair } from '../../../shared/ecs/ecs.ts';
import { isForAnotherRun } from '../../../shared/ecs/error-kind.ts';
import { isSameKey, type PublicKey, parsePublicKey, publicKeyErrorOf } from '../../../shared/public-key.ts';
import { asking, type RetryOptions } from '../../../shared/retry/retry.ts';
import { listInstances } from '../choose-instances.ts';
import type { Holding } from '../holding.ts';
import type { Failure } from '../outcome.ts';
import type { Target } from '../request/parse-request.ts';
import type { Place, WantedKey } from '../request/place.ts';

/** Lists at once in one place. */
const LISTS = 4;

/** What a search is for. */
export type Wanted = {
  readonly key: WantedKey;
  readonly tags: Extract<Target, { kind: 'filter' }>['tags'];
  /** With what tells a person which instance it is. */
  readonly detailed: boolean;
  readonly config: Config;
};

/** What was found in one place. With a failure it may have more. */
export type Searched = {
  readonly place: Place;
  /** The key pairs that it has of the wanted key. */
  readonly keyPairNames: readonly string[];
  readonly holdings: readonly Holding[];
  /** Why it was not searched whole. */
  readonly failure: Failure | undefined;
};

/** The wanted key pairs of a place with their instances. Whatever goes wrong is the place's failure. */
export async function searchPlace(
  place: Place,
  connect: () => Promise<Ecs>,
  { key, tags, detailed, config }: Wanted,
  retry: RetryOptions,
): Promise<Searched> {
  // The time may run out during another try: then what ECS said before is the reason.
  let throttled: CallError | undefined;
  const onFailure = (error: CallError) => {
    if (error.kind === 'throttled') throttled = error;
  };
  const options = { ...retry, onFailure };
  const failureOfPlace = (error: unknown) => failureOf(error, throttled);
  try {
    const ecs = await connect();
    const { found, failure: unread } =
      key.kind === 'name'
        ? { found: await keyPairsNamed(key.keyPairName, place, ecs, options), failure: undefined }
        : await keyPairsHolding(key.publicKey, place, ecs, options);
    const isAllowed = ({ keyPairName }: KeyPair) => matchesKeyPair(keyPairName, config);
    const denied = found.filter((keyPair) => !isAllowed(keyPair)).map(({ keyPairName }) => keyPairName);
    const listed = await pLimit(LISTS).map(
      found.filter(isAllowed),
      ({ keyPairName, publicKey }): Promise<Holding | Failure> => {
        const where = { ...place, keyPairName };
        const query = { regionId: place.regionId, keyPairName, tags, detailed };
        return listInstances(ecs, query, config.maxInstances, options).then(
          (described): Holding => ({
            where,
            ecs,
            chosen: { instanceIds: [...described.keys()], described },
            shownKey: publicKey,
          }),
          failureOfPlace,
        );
      },
    );
    const holdings = listed.filter((one): one is Holding => 'where' in one);
    const unlisted = listed.find((one): one is Failure => !('where' in one));
    return {
      place,
      keyPairNames: found.map(({ keyPairName }) => keyPairName),
      holdings,
      failure: unlisted ?? (denied.length > 0 ? forbidden(denied) : unread),
    };
  } catch (error) {
    return { place, keyPairNames: [], holdings: [], failure: failureOfPlace(error) };
  }
}

async function keyPairsNamed(keyPairName: string, { regionId }: Place, ecs: Ecs, options: RetryOptions) {
  const query = { regionId, keyPairName, pageNumber: 1 };
  const { keyPairs } = await asking(ecs.describeKeyPairs, query, options);
  return keyPairs.filter((keyPair) => keyPair.keyPairName === keyPairName);
}

/** All key pairs of the place that hold this key. One that does not show its key may hold it. */
async function keyPairsHolding(wanted: PublicKey, place: Place, ecs: Ecs, options: RetryOptions) {
  const found: KeyPair[] = [];
  const hidden: string[] = [];
  for (const keyPair of await allKeyPairs(place, ecs, options)) {
    const shown = readShownKey(keyPair.publicKey);
    if (shown === undefined) {
      if (mayHold(keyPair, wanted)) hidden.push(keyPair.keyPairName);
    } else if (isSameKey(shown, wanted)) found.push(keyPair);
  }
  return { found, failure: hidden.length > 0 ? unshown(hidden) : undefined };
}

/** A key that cannot be read is another one only where its type says so. */
function mayHold({ publicKey }: KeyPair, { type }: PublicKey): boolean {
  const [shownType = type] = publicKey?.trim().split(/\s+/) ?? [];
  return shownType === type || !/^(ssh|ecdsa|sk)-/.test(shownType);
}

/** The key of a line that a key pair shows; undefined where it shows none, or none that can be read. */
export function readShownKey(line: string | undefined): PublicKey | undefined {
  if (line === undefined) return undefined;
  try {
    return parsePublicKey(line);
  } catch (error) {
    publicKeyErrorOf(error);
    return undefined;
  }
}

/** ECS lists key pairs by page number alone: fewer than it counts are not all. */
async function allKeyPairs({ regionId }: Place, ecs: Ecs, options: RetryOptions): Promise<KeyPair[]> {
  const byName = new Map<string, KeyPair>();
  for (let pageNumber = 1; ; pageNumber++) {
    const query = { regionId, pageNumber };
    const { keyPairs, totalCount } = await asking(ecs.describeKeyPairs, query, options);
    for (const keyPair of keyPairs) byName.set(keyPair.keyPairName, keyPair);
    const isLast = totalCount === undefined ? keyPairs.length < KEY_PAIRS_PAGE : byName.size >= totalCount;
    if (isLast) return [...byName.values()];
    if (keyPairs.length === 0) throw CallError.unreadable('the pages of key pairs hold fewer than ECS counts');
  }
}

function failureOf(error: unknown, throttled: CallError | undefined): Failure {
  const last = callErrorOf(error);
  const { code, status, message, kind, reached } = last.status === undefined ? (throttled ?? last) : last;
  if (code !== undefined && status !== undefined) {
    return { code, message, why: 'rejected', status, retryable: isForAnotherRun(kind, code) };
  }
  const isLate = reached || code !== undefined;
  return {
    code: isLate ? 'DeadlineExceeded' : 'ServiceUnavailable',
    message: isLate
      ? `This place could not be read in the time for looking: ${message}. What it has is not known. Try again.`
      : `This place could not be read: ${message}. What it has is not known. Try again.`,
    why: isLate ? 'not-sent' : 'unreachable',
    status: 503,
    retryable: true,
  };
}

function forbidden(names: readonly string[]): Failure {
  const message = `The key is held by ${names.join(', ')} too, which this function may not take off (ALLOWED_KEY_PAIRS).`;
  return { code: 'Forbidden.KeyPairName', message, why: 'rejected', status: 403, retryable: false };
}

function unshown(names: readonly string[]): Failure {
  const message = `ECS does not show a readable public key of ${names.join(', ')}, which may be the key that was asked for.`;
  return { code: 'PublicKeyUnavailable', message, why: 'rejected', status: 400, retryable: false };
}
