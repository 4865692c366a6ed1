import type { LocalEcs } from '../ecs/local-ecs.ts';

/** The event of FC's HTTP trigger that asks for these instances. */
export function eventFor(InstanceIds: readonly string[], more: object = {}): string {
  const body = { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', InstanceIds, ...more };
  return JSON.stringify({
    version: 'v1',
    rawPath: '/',
    headers: { 'Content-Type': 'application/json', 'User-Agent': 'bench' },
    queryParameters: {},
    body: JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: { http: { method: 'POST', path: '/', sourceIp: '127.0.0.1', userAgent: 'bench' } },
  });
}

export function contextFor({ credentials }: LocalEcs, timeoutSeconds = 600): object {
  return {
    requestId: '473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E',
    accountId: '1234567890123456',
    region: 'cn-hangzhou',
    credentials,
    function: { name: 'detach-key-pair', handler: 'index.handler', memory: 512, timeout: timeoutSeconds },
  };
}

/** The environment of the process: the services' addresses, and nothing of this one. */
export function environmentFor(ecs: LocalEcs, tls: boolean, concurrency: number): Record<string, string> {
  return {
    ECS_ENDPOINT: tls ? ecs.tlsEndpoint : ecs.endpoint,
    ...(tls && { NODE_EXTRA_CA_CERTS: ecs.caFile }),
    CONCURRENCY: String(concurrency),
    DETACH_CONCURRENCY: String(concurrency),
    MAX_INSTANCES: '100000',
  };
}
