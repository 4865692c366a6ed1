import type { ErrorObject } from 'ajv';
import type { Config } from '../../../shared/config.ts';
import type { UnknownRecord } from '../../../shared/record.ts';
import { distinct } from '../batches.ts';
import { isDetachRequest } from './request.validator.ts';
import { invalid, missing, RequestError, shown } from './request-error.ts';

/** A request that may be carried out: every field checked, ids distinct, on the allow-lists. */
export type DetachRequest = {
  readonly regionId: string;
  readonly keyPairName: string;
  readonly instanceIds: readonly string[];
  readonly returnResults: 'All' | 'Failed' | 'None';
  readonly clientToken: string | undefined;
};

/** Canonical fields → request. Throws `RequestError` naming the first field that is wrong. */
export function parseRequest(fields: UnknownRecord, config: Config): DetachRequest {
  if (!isDetachRequest(fields)) throw explain(fields, isDetachRequest.errors?.[0]);
  if (!fields.InstanceIds) throw missing('InstanceIds');
  const instanceIds = distinct(fields.InstanceIds);
  if (instanceIds.length > config.maxInstances) throw tooMany(instanceIds.length, config.maxInstances);
  checkAllowLists(fields.RegionId, fields.KeyPairName, config);
  return {
    regionId: fields.RegionId,
    keyPairName: fields.KeyPairName,
    instanceIds,
    returnResults: fields.ReturnResults ?? 'All',
    clientToken: fields.ClientToken,
  };
}

function explain(fields: UnknownRecord, error: ErrorObject | undefined): RequestError {
  const [, field = '', index] = error?.instancePath.split('/') ?? [];
  const params = error?.params ?? {};
  if (error?.keyword === 'required') return missing(params['missingProperty']);
  if (error?.keyword === 'additionalProperties')
    return invalid(params['additionalProperty'], 'there is no such parameter');
  if (field === 'InstanceIds' && index !== undefined) {
    const ids: unknown = fields['InstanceIds'];
    const id = Array.isArray(ids) ? ids[Number(index)] : undefined;
    return invalid('InstanceIds', `${shown(JSON.stringify(id))} is not an instance id`);
  }
  return invalid(field, error?.message ?? 'it cannot be read');
}

export function tooMany(count: number, most: number): RequestError {
  return new RequestError(
    403,
    'InstanceKeyPairLimitExceeded',
    `The specified instances are beyond the permitted range: ${count} instances, at most ${most} a request. Nothing was detached.`,
  );
}

function checkAllowLists(regionId: string, keyPairName: string, { allowedRegions, allowedKeyPairs }: Config): void {
  if (allowedRegions && !allowedRegions.includes(regionId)) {
    throw new RequestError(403, 'Forbidden.Region', `The region ${regionId} is not one that this function may act in.`);
  }
  const allowed = (entry: string) =>
    entry.endsWith('*') ? keyPairName.startsWith(entry.slice(0, -1)) : keyPairName === entry;
  if (allowedKeyPairs && !allowedKeyPairs.some(allowed)) {
    throw new RequestError(
      403,
      'Forbidden.KeyPairName',
      `The key pair ${keyPairName} is not one that this function may take off.`,
    );
  }
}
