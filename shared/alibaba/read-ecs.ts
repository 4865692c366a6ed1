import { CallError } from '../ecs/call-error.ts';
import type {
  DetachAnswer,
  DetachItem,
  Instance,
  InstanceDetails,
  InstancePage,
  KeyPairPage,
  RebootItem,
} from '../ecs/ecs.ts';
import type { Sanitize } from '../log/sanitize.ts';
import { REGION_ID } from '../messages/fields.ts';
import { isRecord, recordOf, type UnknownRecord } from '../record.ts';

// Bodies as they were on the wire. Counts, codes and booleans are texts on one page of the documentation, numbers and
// booleans on another: a leaf is read for what it says.

export function readDetachAnswer(body: UnknownRecord, sanitize: Sanitize): DetachAnswer {
  const { FailCount, Results } = body;
  if (isAbsent(FailCount) && isAbsent(Results)) {
    throw CallError.unreadable('ECS answered 200 with neither FailCount nor Results');
  }
  // An empty object is an empty list to some who write JSON.
  const results = isRecord(Results) ? Results['Result'] : Results;
  return {
    failCount: countOf(FailCount),
    items: listOf(results ?? [], 'Results').map((item) => readDetachItem(item, sanitize)),
  };
}

/** `Success` decides; an item without it succeeded when its `Code` is 200. */
function readDetachItem(item: UnknownRecord, sanitize: Sanitize): DetachItem {
  const instanceId = leafOf(item['InstanceId']);
  const code = leafOf(item['Code']);
  const said = leafOf(item['Success']).toLowerCase();
  if (said === 'true' || (said !== 'false' && code === '200')) return { instanceId, success: true, code, message: '' };
  const message = sanitize(leafOf(item['Message']));
  return { instanceId, success: false, code: code === '200' ? '' : sanitize(code), message };
}

export function readInstancePage(body: UnknownRecord, detailed = false): InstancePage {
  // An empty list says that nothing is there; no list says nothing.
  const instances = listOf(recordOf(body['Instances'])['Instance'], 'Instances').map((instance) => ({
    ...readInstance(instance),
    ...(detailed && { details: readDetails(instance) }),
  }));
  return { instances, nextToken: leafOf(body['NextToken']) || undefined, totalCount: countOf(body['TotalCount']) };
}

function readInstance(instance: UnknownRecord): Instance {
  const instanceId = leafOf(instance['InstanceId']);
  if (!instanceId) throw CallError.unreadable('ECS answered 200 with an instance that has no id');
  const startedAt = Date.parse(leafOf(instance['StartTime']));
  return {
    instanceId,
    status: leafOf(instance['Status']),
    windows: leafOf(instance['OSType']).toLowerCase() === 'windows',
    keyPairName: leafOf(instance['KeyPairName']) || undefined,
    startedAt: Number.isNaN(startedAt) ? undefined : startedAt,
  };
}

/** Of no consequence to what is done, so what is missing or odd is left out. */
function readDetails(instance: UnknownRecord): InstanceDetails {
  const tags = arrayOf(recordOf(instance['Tags'])['Tag']).map(recordOf);
  const known = {
    name: leafOf(instance['InstanceName']),
    zoneId: leafOf(instance['ZoneId']),
    privateIp:
      addressOf(recordOf(instance['VpcAttributes'])['PrivateIpAddress']) || addressOf(instance['InnerIpAddress']),
    publicIp: leafOf(recordOf(instance['EipAddress'])['IpAddress']) || addressOf(instance['PublicIpAddress']),
  };
  return {
    ...Object.fromEntries(Object.entries(known).filter(([, text]) => text !== '')),
    ...(tags.length > 0 && {
      tags: tags.map((tag) => ({ key: leafOf(tag['TagKey']), value: leafOf(tag['TagValue']) })),
    }),
  };
}

function addressOf(list: unknown): string {
  return leafOf(arrayOf(recordOf(list)['IpAddress'])[0]);
}

function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function readKeyPairNames(body: UnknownRecord): string[] {
  const keyPairs = listOf(recordOf(body['KeyPairs'])['KeyPair'], 'KeyPairs');
  return keyPairs.map((keyPair) => leafOf(keyPair['KeyPairName']));
}

export function readPublicKey(body: UnknownRecord, keyPairName: string): string | 'no key pair' | undefined {
  const keyPairs = listOf(recordOf(body['KeyPairs'])['KeyPair'], 'KeyPairs');
  const found = keyPairs.find((keyPair) => leafOf(keyPair['KeyPairName']) === keyPairName);
  return found ? leafOf(found['PublicKey']) || undefined : 'no key pair';
}

export function readKeyPairPage(body: UnknownRecord): KeyPairPage {
  const keyPairs = listOf(recordOf(body['KeyPairs'])['KeyPair'], 'KeyPairs').map((keyPair) => ({
    keyPairName: leafOf(keyPair['KeyPairName']),
    publicKey: leafOf(keyPair['PublicKey']) || undefined,
  }));
  if (keyPairs.some(({ keyPairName }) => keyPairName === '')) {
    throw CallError.unreadable('ECS answered 200 with a key pair that has no name');
  }
  return { keyPairs, totalCount: countOf(body['TotalCount']) };
}

/** Each becomes part of a host name. */
export function readRegionIds(body: UnknownRecord): string[] {
  const ids = listOf(recordOf(body['Regions'])['Region'], 'Regions').map((region) => leafOf(region['RegionId']));
  if (ids.length === 0 || !ids.every((id) => id.length <= REGION_ID.maxLength && REGION.test(id))) {
    throw CallError.unreadable('ECS answered 200 without the ids of its regions');
  }
  return [...new Set(ids)];
}

const REGION = new RegExp(REGION_ID.pattern);

export function readRebootItems(body: UnknownRecord, sanitize: Sanitize): RebootItem[] {
  const items = listOf(recordOf(body['InstanceResponses'])['InstanceResponse'] ?? [], 'InstanceResponses');
  if (!isRecord(body['InstanceResponses'])) throw CallError.unreadable('ECS answered 200 without InstanceResponses');
  return items.map((item) => ({
    instanceId: leafOf(item['InstanceId']),
    code: sanitize(leafOf(item['Code'])),
    message: sanitize(leafOf(item['Message'])),
  }));
}

export function listOf(value: unknown, what: string): UnknownRecord[] {
  if (!Array.isArray(value)) throw CallError.unreadable(`ECS answered 200 without ${what}`);
  return value.map(recordOf);
}

function countOf(value: unknown): number | undefined {
  const count = leafOf(value);
  return /^\d+$/.test(count) ? Number(count) : undefined;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

export function leafOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
