import type { Instance } from '../../../shared/ecs/ecs.ts';
import type { Outcome } from '../outcome.ts';
import type { DetachRequest } from '../request/parse-request.ts';
import { recommend } from './recommend.ts';
import type { Item, Places, Sections } from './schema.ts';
import { truncate } from './truncate.ts';

/** What a caller gets, whichever way it came: an HTTP status, and the body before it is JSON text, or a page. */
export type Answer = {
  readonly status: number;
  readonly body?: Readonly<Record<string, unknown>>;
  /** A page, instead of a body. */
  readonly html?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Another run of the same request could finish more of it. */
  readonly unfinished?: boolean;
};

/** What the answer says of the request itself. `host` is the one that was called. */
export type Asked = { readonly requestId: string; readonly host: string };

/** What became of the instances, and what else the answer tells. */
export type Result = {
  /** Of the key pairs, with commas between several. */
  readonly keyPairName: string;
  readonly outcomes: readonly Outcome[];
  readonly sections: Sections;
  /** Of a request with several places. */
  readonly places?: Places;
  /** The error to answer with, where there is nothing else to tell. */
  readonly refusal?: Refusal | undefined;
  readonly unfinished: boolean;
};

export type Refusal = { readonly status: number; readonly code: string; readonly message: string };

/** An error in the shape that ECS gives its own. */
export function errorAnswer(status: number, code: string, message: string, { requestId, host }: Asked): Answer {
  return {
    status,
    body: {
      RequestId: requestId,
      HostId: host,
      Code: code,
      Message: message,
      Recommend: recommend(code, requestId),
    },
  };
}

/** One outcome an instance → the aggregated answer, in ECS's own shape and within `maxBytes`. */
export function summarize(
  { returnResults }: DetachRequest,
  { keyPairName, outcomes, sections, places, refusal = commonRefusal(outcomes), unfinished }: Result,
  { maxBytes, ...asked }: Asked & { maxBytes: number },
): Answer {
  const failures = outcomes.filter(({ ok }) => !ok);
  const counts = { TotalCount: String(outcomes.length), FailCount: String(failures.length) };
  if (refusal) {
    const { status, body } = errorAnswer(refusal.status, refusal.code, refusal.message, asked);
    return { status, body: { ...body, KeyPairName: keyPairName, ...counts, ...places }, unfinished };
  }
  const frame = { KeyPairName: keyPairName, RequestId: asked.requestId, ...counts };
  const listed = { All: outcomes, Failed: failures, None: [] }[returnResults].map(toItem);
  return { status: 200, body: truncate(frame, listed, { ...sections, ...places }, maxBytes), unfinished };
}

/** The error that ECS gave to every call whole: then the request has failed as a whole, and answers as ECS would have. */
function commonRefusal([first, ...others]: readonly Outcome[]): Refusal | undefined {
  if (!first || first.ok || first.failure.status === undefined) return undefined;
  const { code, message, status } = first.failure;
  const isSame = (other: Outcome) => !other.ok && other.failure.code === code && other.failure.status === status;
  return others.every(isSame) ? { code, message, status } : undefined;
}

function toItem(outcome: Outcome): Item {
  const { code, message } = outcome.ok ? outcome : outcome.failure;
  const { instanceId, where, boundKeyPairName } = outcome;
  return {
    Code: code,
    Message: message,
    InstanceId: instanceId,
    Success: outcome.ok ? 'true' : 'false',
    ...(where && { RegionId: where.regionId, KeyPairName: where.keyPairName }),
    ...(where?.roleArn !== undefined && { RoleArn: where.roleArn }),
    ...(boundKeyPairName !== undefined && { BoundKeyPairName: boundKeyPairName }),
    ...(outcome.online && { Online: outcome.online }),
    ...(outcome.shown && shownFields(outcome.shown)),
  };
}

/** What tells a person which instance it is. */
function shownFields({ status, details = {} }: Instance) {
  const { name, zoneId, privateIp, publicIp, tags } = details;
  return {
    Status: status,
    ...(name !== undefined && { InstanceName: name }),
    ...(zoneId !== undefined && { ZoneId: zoneId }),
    ...(privateIp !== undefined && { PrivateIp: privateIp }),
    ...(publicIp !== undefined && { PublicIp: publicIp }),
    ...(tags && { Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })) }),
  };
}
