import { Agent, get } from 'node:http';
import { expect, it } from 'vitest';
import { startLocalCloud } from '../cloud.ts';
import { signedUrl } from './rpc-call.ts';

it('keeps connections, until told to drop those that are idle', async () => {
  const cloud = await startLocalCloud();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const call = () =>
    new Promise<{ reused: boolean }>((resolve, reject) => {
      const url = signedUrl(cloud.ecs.endpoint, cloud.ecs.credentials, 'DescribeKeyPairs', {});
      const request = get(url, { agent }, (response) => {
        response.resume().on('end', () => resolve({ reused: request.reusedSocket }));
      });
      request.on('error', reject);
    });
  const closed = new Promise<void>((resolve) => {
    agent.once('free', (socket) => socket.once('close', () => resolve()));
  });
  expect(await call()).toEqual({ reused: false });
  expect(await call()).toEqual({ reused: true });
  cloud.ecs.dropIdleConnections();
  await closed;
  expect(await call()).toEqual({ reused: false });
  await cloud.stop();
  await expect(call()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
