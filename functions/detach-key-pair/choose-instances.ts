import { CallError } from '../../shared/ecs/call-error.ts';
import type { Described } from '../../shared/ecs/describe-by-id.ts';
import type { Ecs, Instance } from '../../shared/ecs/ecs.ts';
import { type RetryOptions, retrying } from '../../shared/retry/retry.ts';
import type { DetachRequest } from './request/parse-request.ts';
import { RequestError } from './request/request-error.ts';

export type Chosen = {
  readonly instanceIds: readonly string[] /** Where finding them has shown them. */;
  readonly described?: Described;
};

/** The instances a request is about: those it names, or every one that has the key pair, 100 with each list call. */
export async function chooseInstances(
  request: DetachRequest,
  ecs: Ecs,
  most: number,
  options: RetryOptions,
): Promise<Chosen> {
  const { target, regionId, keyPairName } = request;
  if (target.kind === 'ids') return { instanceIds: target.instanceIds };
  const described = new Map<string, Instance>();
  const followed = new Set<string | undefined>();
  let nextToken: string | undefined;
  do {
    const query = { regionId, keyPairName, tags: target.tags, ...(nextToken && { nextToken }) };
    followed.add(nextToken);
    const page = await retrying(async (timeoutMs) => {
      const read = await ecs.describeInstances(query, timeoutMs);
      if (read.nextToken && followed.has(read.nextToken)) throw CallError.unreadable('the pages of ECS go in a circle');
      return read;
    }, options);
    for (const instance of page.instances) described.set(instance.instanceId, instance);
    nextToken = page.nextToken;
  } while (nextToken && described.size <= most);
  if (
    described.size === 0 &&
    !(await retrying((timeoutMs) => ecs.keyPairExists({ regionId, keyPairName }, timeoutMs), options))
  ) {
    throw new RequestError(
      400,
      'InvalidKeyPairName.NotFound',
      'The specified KeyPairName does not exist in our records.',
    );
  }
  return { instanceIds: [...described.keys()], described };
}
