import { createHash, createHmac, randomUUID } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { sideBySide } from './side-by-side.ts';

// The least that does it: Node's https and crypto, signed by hand (ACS3-HMAC-SHA256), nothing checked, nothing retried.

type Event = { body: string };
type Credentials = { accessKeyId: string; accessKeySecret: string; securityToken?: string };
type Body = { RegionId: string; KeyPairName: string; InstanceIds: string[] };
type Answer = { Results: { Result: unknown[] } };

const endpoint = new URL(process.env['ECS_ENDPOINT'] ?? 'https://ecs.aliyuncs.com');
const { request, Agent } = endpoint.protocol === 'https:' ? https : http;
const agent = new Agent({ keepAlive: true });

export async function handler(buffer: Buffer, { credentials }: { credentials: Credentials }) {
  const event: Event = JSON.parse(buffer.toString());
  const { RegionId, KeyPairName, InstanceIds }: Body = JSON.parse(event.body);
  const answers = await sideBySide(InstanceIds, (ids) =>
    call({ InstanceIds: JSON.stringify(ids), KeyPairName, RegionId }, credentials),
  );
  const results = answers.flatMap(({ Results }) => Results.Result);
  return {
    statusCode: 200,
    body: JSON.stringify({ TotalCount: String(results.length), Results: { Result: results } }),
  };
}

/** `parameters` in the order of their names. */
function call(parameters: Record<string, string>, credentials: Credentials): Promise<Answer> {
  const query = Object.entries(parameters)
    .map(([name, value]) => `${name}=${encoded(value)}`)
    .join('&');
  const headers = signed(query, credentials);
  return new Promise((resolve, reject) => {
    const options = {
      host: endpoint.hostname,
      port: endpoint.port,
      method: 'POST',
      path: `/?${query}`,
      headers,
      agent,
    };
    const sent = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

function signed(query: string, { accessKeyId, accessKeySecret, securityToken }: Credentials): Record<string, string> {
  const payload = sha256('');
  const headers: Record<string, string> = {
    host: endpoint.host,
    ...(securityToken && { 'x-acs-accesskey-id': accessKeyId }),
    'x-acs-action': 'DetachKeyPair',
    'x-acs-content-sha256': payload,
    'x-acs-date': new Date().toISOString().replace(/\.\d+/, ''),
    ...(securityToken && { 'x-acs-security-token': securityToken }),
    'x-acs-signature-nonce': randomUUID(),
    'x-acs-version': '2014-05-26',
  };
  const names = Object.keys(headers);
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('');
  const canonical = ['POST', '/', query, lines, names.join(';'), payload].join('\n');
  const toSign = `ACS3-HMAC-SHA256\n${sha256(canonical)}`;
  const signature = createHmac('sha256', accessKeySecret).update(toSign).digest('hex');
  const authorization = `ACS3-HMAC-SHA256 Credential=${accessKeyId},SignedHeaders=${names.join(';')},Signature=${signature}`;
  return { ...headers, authorization };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
