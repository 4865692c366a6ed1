import { checkAllowLists } from '../../shared/config/allow-lists.ts';
import type { RemovalMessage } from '../../shared/messages/removal-message.ts';
import { areTimesPossible, timeFor } from '../../shared/messages/times.ts';
import type { RemovalInvocation } from './handle-message.ts';
import { expired, failed, type RemovalOutcome } from './outcome.ts';

/** The outcomes of a message for which nothing may be done; undefined when it may be carried out. */
export async function refuseMessage(
  message: RemovalMessage,
  { config, services, deadline }: RemovalInvocation,
): Promise<RemovalOutcome[] | undefined> {
  const { RegionId: regionId, KeyPairName: keyPairName, RoleArn: roleArn, InstanceIds: ids } = message;
  const refusal = checkAllowLists({ regionId, keyPairName, roleArn }, config);
  if (refusal) return ids.map((id) => failed(id, refusal));
  const [detachedAt, notAfter] = [Date.parse(message.DetachedAt), Date.parse(message.NotAfter)];
  const now = await timeFor(message, services, { deadline, timeoutMs: config.ecsTimeoutMs });
  if (!areTimesPossible(detachedAt, notAfter, now)) return ids.map((id) => failed(id, IMPOSSIBLE_TIMES));
  return now > notAfter ? ids.map((id) => expired(id, TOO_LATE)) : undefined;
}

const IMPOSSIBLE_TIMES = {
  code: 'InvalidParameter',
  message: 'The times of this message cannot be: it was forged, or a clock is wrong by more than a minute.',
};

const TOO_LATE = {
  code: 'MessageExpired',
  message: 'This message came later than NotAfter: nothing was done. Send the request again.',
};
