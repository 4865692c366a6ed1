import EcsModule, * as models from '@alicloud/ecs20140526';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import PopModule from '@alicloud/pop-core';
import type { AccessKey } from '../signature/access-keys.ts';

// The packages are CommonJS: Node gives their exports object as the default, bundlers the class itself.
const EcsClient = unwrap(EcsModule);
const PopClient = unwrap(PopModule);

export { models };

export function sdkClient(endpoint: string, key: AccessKey, signatureAlgorithm?: 'v2') {
  return new EcsClient(
    new $OpenApiUtil.Config({
      ...key,
      endpoint: endpoint.replace('http://', ''),
      protocol: 'HTTP',
      regionId: 'cn-hangzhou',
      ...(signatureAlgorithm === undefined ? {} : { signatureAlgorithm }),
    }),
  );
}

export function popClient(endpoint: string, key: AccessKey) {
  return new PopClient({ ...key, endpoint, apiVersion: '2014-05-26' });
}

/** What a rejected promise was rejected with. */
export async function failure(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return { ...error, name: error.name, message: error.message };
    throw error;
  }
  throw new Error('expected a failure');
}

export function unwrap<T>(module: T | { default: T }): T {
  return typeof module === 'object' && module !== null && 'default' in module ? module.default : module;
}
