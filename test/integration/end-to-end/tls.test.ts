import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as forward } from 'node:http';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../../local-cloud/cloud.ts';
import { portOf } from '../../../local-cloud/http/listen.ts';
import { selfSignedCertificate } from '../../../local-cloud/sts/certificate.ts';
import { bundledCloud, post } from '../../support/bundled-cloud.ts';

let cloud: LocalCloud;
let folder: string;
const fronts: Server[] = [];

afterEach(async () => {
  for (const front of fronts.splice(0)) front.close().closeAllConnections();
  await rm(folder, { recursive: true });
  await cloud.stop();
});

/** TLS before a service of the local cloud, whatever is asked of it. */
async function front(endpointOf: () => string, certificate: { key: string; cert: string }): Promise<string> {
  const server = createServer(certificate, (incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const onward = forward(new URL(url ?? '/', endpointOf()), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  fronts.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return `https://127.0.0.1:${portOf(server)}`;
}

describe('the bundles over TLS, as all services are reached in production', () => {
  it.each(['fc3', 'fc2'] as const)('detach and queue reboots: %s', async (edition) => {
    folder = await mkdtemp(path.join(tmpdir(), 'tls-'));
    const certificate = selfSignedCertificate();
    const caFile = path.join(folder, 'ca.pem');
    await writeFile(caFile, certificate.cert);
    const environment = {
      ECS_ENDPOINT: await front(() => cloud.ecs.endpoint, certificate),
      FC_ENDPOINT: await front(() => cloud.fc.endpoint, certificate),
      NODE_EXTRA_CA_CERTS: caFile,
    };
    cloud = await bundledCloud({ instances: 120, edition, detach: { environment }, reboot: { environment } });
    const { status, body } = await post(cloud, { InstanceIds: cloud.ecs.bound(), Reboot: { IntervalSeconds: 0 } });
    expect([status, body.FailCount, body['Reboot']]).toMatchObject([200, '0', { TotalCount: '120', FailCount: '0' }]);
    await cloud.fc.drain();
    expect(cloud.ecs.instances().filter(({ reboots }) => reboots.length === 1)).toHaveLength(120);
  });

  it('send nothing to a host whose certificate they do not know', async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tls-'));
    const environment = { ECS_ENDPOINT: await front(() => cloud.ecs.endpoint, selfSignedCertificate()) };
    cloud = await bundledCloud({ instances: 2, detach: { environment, timeoutSeconds: 4 } });
    const { status, item } = await post(cloud, { InstanceIds: cloud.ecs.bound() });
    expect([status, item(cloud.ecs.bound()[0] ?? '')?.Code]).toEqual([200, 'ServiceUnavailable']);
    expect(cloud.ecs.calls).toEqual([]);
  });
});
