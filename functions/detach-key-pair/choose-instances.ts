import { CallError, callErrorOf } from '../../shared/ecs/call-error.ts';
import type { Described } from '../../shared/ecs/describe-by-id.ts';
import { DESCRIBE_BATCH, type Ecs, type Instance, type InstanceQuery } from '../../shared/ecs/ecs.ts';
import { asking, type RetryOptions, retrying } from '../../shared/retry/retry.ts';
import type { DetachRequest } from './request/parse-request.ts';
import type { Where } from './request/place.ts';
import { RequestError } from './request/request-error.ts';

export type Chosen = {
  readonly instanceIds: readonly string[];
  /** Where finding them has shown them. */
  readonly described?: Described;
};

/** The instances a request is about: those it names, or every one that has the key pair, 100 with each list call. */
export async function chooseInstances(
  { target, mode }: Pick<DetachRequest, 'target' | 'mode'>,
  { regionId, keyPairName }: Where,
  ecs: Ecs,
  most: number,
  options: RetryOptions,
): Promise<Chosen> {
  if (target.kind === 'ids') return { instanceIds: target.instanceIds };
  const query = { regionId, keyPairName, tags: target.tags, detailed: mode.kind !== 'detach' };
  const described = await listInstances(ecs, query, most, options);
  if (described.size === 0) await requireKeyPair({ ecs, regionId, keyPairName }, options);
  return { instanceIds: [...described.keys()], described };
}

/** Throws as ECS does for a name that no key pair of the region has. */
export async function requireKeyPair(
  { ecs, ...query }: { readonly ecs: Ecs; readonly regionId: string; readonly keyPairName: string },
  options: RetryOptions,
): Promise<void> {
  if (await asking(ecs.keyPairExists, query, options)) return;
  throw new RequestError(
    400,
    'InvalidKeyPairName.NotFound',
    `The specified KeyPairName does not exist in our records: there is no key pair ${query.keyPairName} in ${query.regionId}.`,
  );
}

/** Lists that are begun again: ECS forgets tokens, and what it refuses of a list that has begun is the token. */
const MAX_LISTS = 3;

/** All that match, or more than `most` of them. A list that breaks off in the middle is begun again. */
export async function listInstances(
  ecs: Ecs,
  query: InstanceQuery,
  most: number,
  options: RetryOptions,
): Promise<Map<string, Instance>> {
  for (let attempt = 1; ; attempt++) {
    const found = new Map<string, Instance>();
    try {
      for await (const page of pagesOf(ecs, query, options)) {
        for (const instance of page) found.set(instance.instanceId, instance);
        if (found.size > most) return found;
      }
      return found;
    } catch (error) {
      const { kind } = callErrorOf(error);
      if (found.size === 0 || attempt === MAX_LISTS || kind !== 'refused') throw error;
    }
  }
}

/** Page by page, by token; by number where the pages end although ECS counts more than they held. */
async function* pagesOf(ecs: Ecs, query: InstanceQuery, options: RetryOptions): AsyncGenerator<readonly Instance[]> {
  const followed = new Set<string>();
  const found = new Set<string>();
  let nextToken: string | undefined;
  let counted = 0;
  do {
    const token = nextToken;
    const page = await retrying(
      async (timeoutMs) => {
        const read = await ecs.describeInstances({ ...query, ...(token && { nextToken: token }) }, timeoutMs);
        const isCircle = read.nextToken === token || followed.has(read.nextToken ?? '');
        if (read.nextToken && isCircle) throw CallError.unreadable('the pages of ECS go in a circle');
        return read;
      },
      options,
      ecs.describeInstances.limit,
    );
    yield page.instances;
    for (const { instanceId } of page.instances) found.add(instanceId);
    if (page.nextToken) followed.add(page.nextToken);
    nextToken = page.nextToken;
    counted = page.totalCount ?? 0;
  } while (nextToken);
  for (let pageNumber = 1, isFull = found.size < counted; isFull; pageNumber++) {
    const page = await asking(ecs.describeInstances, { ...query, pageNumber }, options);
    yield page.instances;
    isFull = page.instances.length === DESCRIBE_BATCH;
  }
}
