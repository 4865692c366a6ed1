import { checkAllowLists } from '../../../shared/config/allow-lists.ts';
import type { Config } from '../../../shared/config/config.ts';
import { parsePublicKey, publicKeyErrorOf } from '../../../shared/public-key.ts';
import type { Scope, WantedKey } from './place.ts';
import { clashing, invalid, missing, RequestError } from './request-error.ts';

type ScopeFields = {
  readonly RegionId: string | readonly string[];
  readonly RoleArn?: string | readonly string[];
  readonly KeyPairName?: string;
  readonly PublicKey?: string;
  readonly AllowDifferentKeys?: boolean;
  readonly InstanceIds?: readonly string[];
  readonly Filter?: object;
};

/** Where a request acts. `*` stands for what the allow-lists allow. */
export function readScope(fields: ScopeFields, { allowedRoleArns }: Config): Scope {
  const { RegionId: regionId, RoleArn: roleArn, AllowDifferentKeys: allowsDifferentKeys = false } = fields;
  const key = readKey(fields);
  const isOne = isText(regionId) && regionId !== '*' && (roleArn === undefined || (isText(roleArn) && roleArn !== '*'));
  if (isOne && key.kind === 'name') {
    return { kind: 'one', where: { regionId, roleArn, keyPairName: key.keyPairName } };
  }
  if (fields.InstanceIds) {
    const why =
      'it belongs to one region and one key pair: a request with several regions or roles, "*", or a PublicKey';
    throw new RequestError(
      400,
      'InvalidParameter',
      `The specified parameter "InstanceIds" is not valid: ${why} takes Filter instead. Example: "Filter": {}.`,
    );
  }
  if (!fields.Filter) {
    throw missing('Filter', 'A request with several regions or roles, "*", or a PublicKey takes "Filter": {}.');
  }
  const regionIds = regionId === '*' ? '*' : [regionId].flat();
  const roleArns = roleArn === '*' ? [undefined, ...new Set(allowedRoleArns)] : [roleArn].flat();
  return { kind: 'wide', regionIds, roleArns, key, allowsDifferentKeys };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function readKey({ KeyPairName, PublicKey }: ScopeFields): WantedKey {
  if (PublicKey === undefined) {
    if (KeyPairName === undefined) throw missing('KeyPairName');
    return { kind: 'name', keyPairName: KeyPairName };
  }
  if (KeyPairName !== undefined) throw clashing('PublicKey', 'KeyPairName');
  try {
    return { kind: 'public key', publicKey: parsePublicKey(PublicKey) };
  } catch (error) {
    throw invalid('PublicKey', `${publicKeyErrorOf(error).message}. Example: "ssh-ed25519 AAAA… comment"`);
  }
}

/** Throws for what a request names and is not on the allow-lists. */
export function checkScope(scope: Scope, config: Config): void {
  const check = (wanted: Parameters<typeof checkAllowLists>[0]) => {
    const refusal = checkAllowLists(wanted, config);
    if (refusal) throw new RequestError(403, refusal.code, refusal.message);
  };
  if (scope.kind === 'one') {
    check(scope.where);
    return;
  }
  for (const roleArn of scope.roleArns) check({ roleArn });
  for (const regionId of scope.regionIds === '*' ? [] : scope.regionIds) check({ regionId });
  if (scope.key.kind === 'name') check({ keyPairName: scope.key.keyPairName });
}
