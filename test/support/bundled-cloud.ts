import { type CloudOptions, type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';
import type { HttpFault } from '../../local-cloud/http/fault.ts';
import type { Body, ResultItem } from './detaching.ts';

type Options = CloudOptions & {
  detach?: NonNullable<CloudOptions['functions']>[string] | Record<string, unknown>;
  reboot?: Record<string, unknown>;
  remove?: Record<string, unknown>;
};

/** A local cloud that runs the built bundles, each in its own process, as s.yaml deploys them. */
export async function bundledCloud({ detach, reboot, remove, ...options }: Options = {}): Promise<LocalCloud> {
  return startLocalCloud({
    ...options,
    functions: {
      'detach-key-pair': {
        code: 'dist/detach-key-pair/index.js',
        httpTrigger: true,
        timeoutSeconds: 60,
        asyncTask: true,
        onFailure: true,
        ...detach,
      },
      'reboot-instances': {
        code: 'dist/reboot-instances/index.js',
        timeoutSeconds: 60,
        asyncTask: true,
        onFailure: true,
        ...reboot,
      },
      'remove-public-key': {
        code: 'dist/remove-public-key/index.js',
        timeoutSeconds: 600,
        asyncTask: true,
        onFailure: true,
        ...remove,
      },
    },
  });
}

const isReboot = ({ function: name }: { readonly function: string }) => name === 'reboot-instances';

/** What was queued for the reboots; the request's own completion stands beside it. */
export function rebootTasks({ fc }: LocalCloud) {
  return fc.tasks.filter(isReboot);
}

/** The calls that queued it, or tried to. */
export function rebootCalls({ fc }: LocalCloud) {
  return fc.calls.filter(isReboot);
}

/** Spoils the calls that queue reboots, one fault a call. */
export function spoilReboots({ fc }: LocalCloud, faults: readonly HttpFault[]): void {
  const left = [...faults];
  fc.onCall('InvokeFunction', (call) => (isReboot(call) ? left.shift() : undefined));
}

export type Posted = { status: number; headers: Headers; body: Body; item(id: string): ResultItem | undefined };

/** One real HTTP request to the trigger. */
export async function post(cloud: LocalCloud, fields: object, headers: Record<string, string> = {}): Promise<Posted> {
  const response = await fetch(cloud.fc.triggerUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ RegionId: cloud.regionId, KeyPairName: cloud.keyPairName, ...fields }),
  });
  const body: Body = JSON.parse(await response.text());
  const items = body.Results?.Result ?? [];
  return {
    status: response.status,
    headers: response.headers,
    body,
    item: (id) => items.find(({ InstanceId }) => InstanceId === id),
  };
}
