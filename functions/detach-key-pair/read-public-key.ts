import { callErrorOf } from '../../shared/ecs/call-error.ts';
import { type PublicKey, parsePublicKey, publicKeyErrorOf } from '../../shared/public-key.ts';
import { asking, type RetryOptions } from '../../shared/retry/retry.ts';
import type { Holding } from './holding.ts';
import { RequestError } from './request/request-error.ts';

/** The key that the key pair holds. Read before anything is detached: once it is deleted, nothing says what to remove. */
export async function readPublicKey(holding: Holding, options: RetryOptions): Promise<PublicKey> {
  const found = await findPublicKey(holding, options);
  if (found instanceof RequestError) throw found;
  return found;
}

/** The same, or why the request would be refused. */
export async function findPublicKey(
  { where: { regionId, keyPairName }, ecs, shownKey }: Holding,
  options: RetryOptions,
): Promise<PublicKey | RequestError> {
  let text = shownKey;
  try {
    text ??= await asking(ecs.publicKeyOf, { regionId, keyPairName }, options);
  } catch (error) {
    const { codeToReport: code, message } = callErrorOf(error);
    return unavailable(`DescribeKeyPairs failed with ${code} (${message})`);
  }
  if (text === 'no key pair') {
    return new RequestError(400, 'InvalidKeyPairName.NotFound', `There is no key pair ${keyPairName} in ${regionId}.`);
  }
  if (text === undefined) return unavailable('ECS does not show it');
  try {
    return parsePublicKey(text);
  } catch (error) {
    return unavailable(publicKeyErrorOf(error).message);
  }
}

function unavailable(why: string): RequestError {
  return new RequestError(
    400,
    'PublicKeyUnavailable',
    `Online needs the public key of the key pair, and it cannot be read: ${why}. Nothing was detached. The function's role needs ecs:DescribeKeyPairs.`,
  );
}
