import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { enter } from '../../functions/detach-key-pair/invoke.ts';
import { enter as enterReboots } from '../../functions/reboot-instances/invoke.ts';
import { type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';
import type { EcsCall } from '../../local-cloud/ecs/calls.ts';
import type { Fault } from '../../local-cloud/ecs/state.ts';
import type { HttpFault } from '../../local-cloud/http/fault.ts';
import { recordOf } from '../../shared/record.ts';
import { fcContext, httpEvent } from '../support/events.ts';

const ROLE = 'acs:ram::9999999999999999:role/other';
const WEBHOOK_SECRET = Buffer.from('canary-of-the-webhook-of-32-bytes').toString('base64');
const CALLERS_SIGNATURE = 'canaryofthecallerssignature';

let cloud: LocalCloud;
let secrets: string[];
let role: { secret: string; token: string };
let given: Record<string, string>;

beforeEach(async () => {
  // A certificate that is made on the spot can be trusted by a new process only.
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  cloud = await startLocalCloud({ instances: 3 });
  cloud.sts.addRole({ roleArn: ROLE, instances: 3 });
  const own = cloud.ecs.issueTemporary();
  const assumed = cloud.ecs.issueTemporary();
  role = { secret: assumed.accessKeySecret, token: assumed.securityToken };
  given = {
    ALIBABA_CLOUD_ACCESS_KEY_ID: own.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: own.accessKeySecret,
    ALIBABA_CLOUD_SECURITY_TOKEN: own.securityToken,
  };
  secrets = [own.accessKeySecret, own.securityToken, role.secret, role.token, WEBHOOK_SECRET, CALLERS_SIGNATURE];
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await cloud.stop();
});

type Asked = {
  variables?: Record<string, string>;
  credentials?: object;
  event?: object;
  fields?: object;
  timeoutSeconds?: number;
};

/** Everything that gets out of a call: its answer, or what it threw, and its log. */
async function heard({
  variables = {},
  credentials = {},
  event,
  fields = {},
  timeoutSeconds = 2,
}: Asked = {}): Promise<string> {
  const lines: string[] = [];
  const ids = cloud.ecs.instances().map(({ instanceId }) => instanceId);
  const body = { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', InstanceIds: ids, ...fields };
  const bytes = Buffer.from(
    JSON.stringify(event ?? httpEvent({ body, headers: { 'Content-Type': 'application/json' } })),
  );
  const answer = await enter(bytes, fcContext({ timeoutSeconds, credentials }), {
    variables: {
      ECS_ENDPOINT: cloud.ecs.endpoint,
      STS_ENDPOINT: cloud.sts.endpoint,
      FC_ENDPOINT: cloud.fc.endpoint,
      ALLOWED_ROLE_ARNS: ROLE,
      LOG_LEVEL: 'debug',
      ECS_TIMEOUT_MS: '80',
      DEADLINE_MARGIN_MS: '1000',
      ...given,
      ...variables,
    },
    write: (line) => lines.push(line),
  }).catch((error: unknown) => String(error instanceof Error ? `${error.message}\n${error.stack}` : error));
  return [JSON.stringify(answer), ...lines].join('\n');
}

/** Nothing in it opens a door, or helps to. Our own link to the troubleshooter has a query, and is no secret. */
function expectSilence(text: string): void {
  const said = text.replaceAll(/https:\/\/api\.alibabacloud\.com\/troubleshoot\?[\w.&=%+-]*/g, '');
  for (const secret of secrets) expect(said).not.toContain(secret);
  expect(said).not.toMatch(/Signature=(?!\*)/i);
  expect(said).not.toMatch(/authorization/i);
  expect(said).not.toMatch(/string ?to ?sign/i);
  expect(said).not.toMatch(/canonical ?request/i);
  expect(said).not.toMatch(/https?:\/\/[^\s"\\]*\?/);
}

/** What a service may say of the credentials it was called with. */
function loud(): string {
  const { ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret, ALIBABA_CLOUD_SECURITY_TOKEN: token } = given;
  return [
    `The token ${token} and the secret ${secret} do not go together.`,
    `GET https://ecs.aliyuncs.com/?Signature=abc&SecurityToken=${token} failed, Signature=abc,`,
    `server string to sign is:[POST&%2F&${token}], server CanonicalRequest is:[x-acs-security-token:${token}]`,
  ].join(' ');
}

const HTTP_FAULTS: Readonly<Record<string, () => HttpFault>> = {
  'a refusal': () => ({ kind: 'answer', status: 403, code: 'Odd', message: loud() }),
  'a stop': () => ({ kind: 'answer', status: 403, code: 'InvalidSecurityToken.Expired', message: loud() }),
  'a signature that does not match': () => ({
    kind: 'answer',
    status: 400,
    code: 'SignatureDoesNotMatch',
    message: loud(),
  }),
  'a denial': () => ({ kind: 'answer', status: 403, code: 'Forbidden.RAM', message: loud() }),
  throttling: () => ({ kind: 'answer', status: 429, code: 'Throttling.User', message: loud() }),
  'being down': () => ({ kind: 'answer', status: 503, code: 'ServiceUnavailable', message: loud() }),
  'a code with secrets': () => ({ kind: 'answer', status: 400, code: loud() }),
  'a 200 with a code': () => ({ kind: 'topLevelCode', code: 'Odd', message: loud() }),
  'a page': () => ({ kind: 'html' }),
  nothing: () => ({ kind: 'empty' }),
  text: () => ({ kind: 'raw', body: loud() }),
  'half an answer': () => ({ kind: 'truncated' }),
  'a poisoned answer': () => ({ kind: 'proto' }),
  'a lost connection': () => ({ kind: 'reset', applied: true }),
  silence: () => ({ kind: 'hang', applied: true }),
};
const ECS_FAULTS: Readonly<Record<string, () => Fault>> = {
  ...HTTP_FAULTS,
  'failed items': () => ({ kind: 'items', fail: { which: 'all', code: 'Odd', message: loud() } }),
  'failed items that may pass': () => ({
    kind: 'items',
    fail: { which: 'all', code: 'InternalError', message: loud() },
  }),
  'items whose codes hold secrets': () => ({ kind: 'items', fail: { which: 'all', code: loud() } }),
};

describe('no secret gets out', () => {
  it.each(Object.entries(ECS_FAULTS))('when ECS answers with %s', async (_, fault) => {
    for (const action of ['DetachKeyPair', 'DescribeInstances']) cloud.ecs.onCall(action, fault);
    expectSilence(await heard());
    expectSilence(await heard({ fields: { InstanceIds: undefined, Filter: {} } }));
    expectSilence(await heard({ fields: { DryRun: true } }));
  });

  it.each(Object.entries(HTTP_FAULTS))('when STS answers with %s', async (_, fault) => {
    cloud.sts.onCall('AssumeRole', fault);
    expectSilence(await heard({ fields: { RoleArn: ROLE } }));
    expectSilence(await rebooted({ RoleArn: ROLE }));
  });

  it.each(Object.entries(HTTP_FAULTS))('when FC answers with %s', async (_, fault) => {
    cloud.fc.onCall('InvokeFunction', fault);
    expectSilence(await heard({ fields: { Reboot: true } }));
    expectSilence(await heard({ fields: { Reboot: true }, variables: { FC_SERVICE_NAME: 'service' } }));
  });

  it.each(Object.entries(ECS_FAULTS))('when a reboot is answered with %s', async (_, fault) => {
    cloud.ecs.onCall('RebootInstances', fault);
    expectSilence(await rebooted());
    cloud.ecs.onCall('DescribeInstances', fault);
    expectSilence(await rebooted());
  });

  it('when ECS says back the token of the role it was called with', async () => {
    const tokenOf = ({ headers }: EcsCall) => headers['x-acs-security-token'] ?? 'none';
    const message = (call: EcsCall) => `The token ${tokenOf(call)} has seen better days.`;
    cloud.ecs.onCall('DetachKeyPair', (call) => ({ kind: 'answer', status: 403, code: 'Odd', message: message(call) }));
    cloud.ecs.onCall('RebootInstances', (call) => ({
      kind: 'items',
      fail: { which: 'all', code: 'Odd', message: message(call) },
    }));
    const detach = await heard({ fields: { RoleArn: ROLE } });
    const InstanceIds = cloud.ecs.instances(ROLE.split(':')[3]).map(({ instanceId }) => instanceId);
    const reboot = await rebooted({ RoleArn: ROLE, InstanceIds });
    expect([detach, reboot].map((text) => text.includes('has seen better days'))).toEqual([true, true]);
    secrets.push(...new Set(cloud.ecs.calls.map(tokenOf)));
    expect(secrets.length).toBe(8);
    expectSilence(detach);
    expectSilence(reboot);
  });

  it('when the secret is the wrong one, in the environment and in the context', async () => {
    const wrong = { ALIBABA_CLOUD_ACCESS_KEY_SECRET: role.secret };
    expectSilence(await heard({ variables: wrong }));
    expectSilence(await heard({ variables: wrong, fields: { RoleArn: ROLE } }));
    expectSilence(await heard({ variables: wrong, fields: { Reboot: true } }));
    const none = {
      ALIBABA_CLOUD_ACCESS_KEY_ID: '',
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: '',
      ALIBABA_CLOUD_SECURITY_TOKEN: '',
    };
    const credentials = {
      accessKeyId: given['ALIBABA_CLOUD_ACCESS_KEY_ID'],
      accessKeySecret: role.secret,
      securityToken: given['ALIBABA_CLOUD_SECURITY_TOKEN'],
    };
    const text = await heard({ variables: none, credentials });
    expect(text).toContain('SignatureDoesNotMatch');
    expectSilence(text);
  });

  it('when no service can be reached', async () => {
    const variables = {
      ECS_ENDPOINT: 'http://127.0.0.1:1',
      FC_ENDPOINT: 'http://127.0.0.1:1',
      STS_ENDPOINT: '127.0.0.1:1',
    };
    expectSilence(await heard({ variables }));
    expectSilence(await heard({ variables, fields: { RoleArn: ROLE } }));
    expectSilence(await heard({ variables: { FC_ENDPOINT: 'http://127.0.0.1:1' }, fields: { Reboot: true } }));
  });

  it.each([
    'DETACH_CONCURRENCY',
    'MAX_INSTANCES',
    'MAX_RESPONSE_BYTES',
    'DEADLINE_MARGIN_MS',
    'ECS_TIMEOUT_MS',
    'ECS_ENDPOINT',
    'FC_ENDPOINT',
    'STS_ENDPOINT',
    'REBOOT_FUNCTION_NAME',
    'REBOOTS_DISABLED',
    'ALLOWED_ROLE_ARNS',
    'ALLOWED_REGIONS',
    'ROLE_EXTERNAL_ID',
    'CORS_ALLOWED_ORIGINS',
    'WEBHOOK_SECRETS',
    'LOG_LEVEL',
  ])('when a secret was put into %s', async (name) => {
    const variables = { [name]: `${role.token}\u0001${role.secret}` };
    const text = await heard({ variables });
    expect(text).toContain('InternalError');
    expectSilence(text);
    expectSilence(await rebooted({}, variables));
  });

  it('when a webhook is refused, or a caller signs', async () => {
    const variables = { WEBHOOK_SECRETS: `whsec_${WEBHOOK_SECRET}` };
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': '1',
      'webhook-signature': `v1,${CALLERS_SIGNATURE}`,
      Authorization: `ACS3-HMAC-SHA256 Credential=LTAI5t,SignedHeaders=host,Signature=${CALLERS_SIGNATURE}`,
    };
    const query = {
      Action: 'DetachKeyPair',
      AccessKeyId: 'LTAI5t',
      Signature: CALLERS_SIGNATURE,
      SecurityToken: role.token,
    };
    expectSilence(await heard({ variables, event: httpEvent({ body: {}, headers }) }));
    expectSilence(await heard({ variables, event: httpEvent({ method: 'GET', query, headers }) }));
    expectSilence(await heard({ event: httpEvent({ method: 'GET', query, headers }) }));
    expectSilence(await heard({ event: httpEvent({ body: {}, headers }) }));
  });

  it('when all is well', async () => {
    cloud.fc.onCall('InvokeFunction', () => ({ kind: 'raw', status: 202, body: '' }));
    const text = await heard({ fields: { Reboot: true } });
    expect(text).toContain('Enqueued');
    expectSilence(text);
    expectSilence(await heard({ fields: { RoleArn: ROLE } }));
    expectSilence(await rebooted());
  });
});

async function rebooted(more: object = {}, variables: Record<string, string> = {}): Promise<string> {
  const lines: string[] = [];
  const now = Date.now();
  const message = {
    Version: 1,
    RegionId: 'cn-hangzhou',
    KeyPairName: 'leaked-key',
    InstanceIds: cloud.ecs.instances().map(({ instanceId }) => instanceId),
    ForceReboot: false,
    DetachedAt: new Date(now).toISOString(),
    NotAfter: new Date(now + 60_000).toISOString(),
    SourceRequestId: 'source',
    ...more,
  };
  const answer = await enterReboots(Buffer.from(JSON.stringify(message)), fcContext({ timeoutSeconds: 2 }), {
    variables: {
      ECS_ENDPOINT: cloud.ecs.endpoint,
      STS_ENDPOINT: cloud.sts.endpoint,
      ALLOWED_ROLE_ARNS: ROLE,
      LOG_LEVEL: 'debug',
      ECS_TIMEOUT_MS: '80',
      DEADLINE_MARGIN_MS: '1000',
      ...given,
      ...variables,
    },
    write: (line) => lines.push(line),
  }).catch((error: unknown) => recordOf({ thrown: String(error instanceof Error ? error.stack : error) }));
  return [JSON.stringify(answer), ...lines].join('\n');
}
