import { connect } from 'node:net';
import { createServer } from 'node:tls';
import { type CloudOptions, startLocalCloud } from '../../local-cloud/cloud.ts';
import { instanceIdAt } from '../../local-cloud/ecs/instance.ts';
import { portOf } from '../../local-cloud/http/listen.ts';
import { type Certificate, selfSignedCertificate } from '../../local-cloud/sts/certificate.ts';
import { startBare } from './bare.ts';
import type { EcsFacts, EcsOptions, FromEcs, ToEcs } from './messages.ts';

// The local ECS in a process of its own, so that its work is not counted. Talks over the IPC channel.

let calls = () => 0;

async function start(options: EcsOptions): Promise<EcsFacts> {
  const certificate = selfSignedCertificate();
  return options.kind === 'cloud' ? cloud(options, certificate) : bare(options, certificate);
}

async function cloud(
  { elsewhere = {}, ...options }: CloudOptions & { elsewhere?: Readonly<Record<string, number>> },
  certificate: Certificate,
): Promise<EcsFacts> {
  const { ecs } = await startLocalCloud(options);
  for (const [regionId, instances] of Object.entries(elsewhere)) ecs.add(instances, { regionId });
  calls = () => ecs.calls.length;
  const { accessKeyId, accessKeySecret, securityToken } = ecs.stsCredentials;
  return {
    endpoint: ecs.endpoint,
    tlsEndpoint: await tlsFront(certificate, Number(new URL(ecs.endpoint).port)),
    ca: certificate.cert,
    credentials: { accessKeyId, accessKeySecret, securityToken },
    instanceIds: ecs.bound(),
  };
}

async function bare(
  { instances, latencyMs }: { instances: number; latencyMs: number },
  certificate: Certificate,
): Promise<EcsFacts> {
  return {
    ...(await startBare(latencyMs, certificate)),
    ca: certificate.cert,
    credentials: { accessKeyId: 'STS.bench', accessKeySecret: 'bench', securityToken: 'CAIS'.padEnd(600, 'bench') },
    instanceIds: Array.from({ length: instances }, (_, n) => instanceIdAt(n)),
  };
}

/** Real calls go over TLS; behind it is the same server. */
async function tlsFront(certificate: Certificate, port: number): Promise<string> {
  const server = createServer({ ...certificate, noDelay: true }, (secure) => {
    const plain = connect({ port, host: '127.0.0.1', noDelay: true });
    secure.on('error', () => plain.destroy()).pipe(plain);
    plain.on('error', () => secure.destroy()).pipe(secure);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `https://127.0.0.1:${portOf(server)}`;
}

process.on('message', async (message: ToEcs) => {
  const answer: FromEcs = 'start' in message ? { facts: await start(message.start) } : { calls: calls() };
  process.send?.(answer);
});
process.on('disconnect', () => process.exit());
