import { channel } from 'node:diagnostics_channel';
import { describe, expect, it, vi } from 'vitest';
import { startLocalCloud } from '../../local-cloud/cloud.ts';
import { callFailure } from '../../shared/alibaba/call-failure.ts';
import { defaultCredentials } from '../../shared/alibaba/default-credentials.ts';
import { createEcs } from '../../shared/alibaba/ecs.ts';
import { runSdkCall, SdkCallFailure } from '../../shared/alibaba/sdk-call.ts';
import { environment, loadConfig } from '../../shared/config/config.ts';
import { CallError, callErrorOf } from '../../shared/ecs/call-error.ts';
import { errorKind } from '../../shared/ecs/error-kind.ts';
import { readContext } from '../../shared/fc/context.ts';
import { deadlineAt } from '../../shared/fc/deadline.ts';
import { readEvent } from '../../shared/fc/event.ts';
import { causeOf, createLog } from '../../shared/log/log.ts';
import { redactor, sanitizeMessage } from '../../shared/log/sanitize.ts';
import { retrying } from '../../shared/retry/retry.ts';
import { firstError } from '../../shared/schema/schema-error.ts';

const STOPS = [
  'InvalidKeyPairName.NotFound',
  'InvalidRegionId.NotFound',
  'InvalidAccessKeyId.NotFound',
  'InvalidSecurityToken.Expired',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
  'InvalidTimeStamp.Expired',
  'MissingParameter',
  'MissingSecurityToken',
  'InvalidAction.NotFound',
  'InvalidApi.NotFound',
  'InvalidVersion',
  'InvalidProduct.NotFound',
  'InvalidProtocol.NeedSsl',
];
const REFUSALS = [
  'InvalidInstanceIds.ValueNotSupported',
  'DependencyViolation.WindowsInstance',
  'InvalidParameter',
  'Odd',
];

describe('the context', () => {
  it('is read where it is empty, as a caller that imitates FC may pass it', () => {
    const { requestId, ...context } = readContext(undefined);
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(context).toEqual({ accountId: '', region: '', timeoutMs: 60_000, credentials: undefined });
  });
});

describe('the event', () => {
  it.each([
    [Buffer.from('{"a":1}'), { a: 1 }],
    [new TextEncoder().encode('[1]'), [1]],
    ['{"a":1}', { a: 1 }],
    [{ a: 1 }, { a: 1 }],
    [Buffer.from('{'), undefined],
  ])('is read from bytes, text or as it is: %s', (event, read) => {
    expect(readEvent(event)).toEqual(read);
  });
});

describe('the settings', () => {
  it('come from the environment of the process', () => {
    vi.stubEnv('DETACH_CONCURRENCY', '7');
    expect(loadConfig(environment()).detachConcurrency).toBe(7);
    vi.unstubAllEnvs();
  });

  it('have the defaults of the contract', () => {
    const { credentials, ...config } = loadConfig({});
    expect(credentials).toBeUndefined();
    expect(config).toMatchObject({
      detachConcurrency: 8,
      maxInstances: 10_000,
      maxResponseBytes: 5_242_880,
      deadlineMarginMs: 1_500,
      ecsTimeoutMs: 10_000,
      rebootFunctionName: 'reboot-instances',
      rebootsDisabled: false,
      allowedRoleArns: [],
      corsAllowedOrigins: [],
      webhookSecrets: [],
      logLevel: 'info',
    });
  });

  it.each([
    ['https://ecs-vpc.{region}.aliyuncs.com', 'https://ecs-vpc.{region}.aliyuncs.com'],
    ['https://ecs.example.com:8443/', 'https://ecs.example.com:8443'],
    ['http://localhost:9000', 'http://localhost:9000'],
    ['http://127.0.0.5:1', 'http://127.0.0.5:1'],
    ['http://[::1]:9000', 'http://[::1]:9000'],
  ])('take the endpoint %s', (text, endpoint) => {
    expect(loadConfig({ ECS_ENDPOINT: text }).ecsEndpoint).toBe(endpoint);
    expect(loadConfig({ INVOKE_ENDPOINT: text }).fcEndpoint).toBe(endpoint);
  });

  it('take REBOOTS_DISABLED=false for what it says', () => {
    expect(loadConfig({ REBOOTS_DISABLED: 'false' }).rebootsDisabled).toBe(false);
  });
});

describe('the log', () => {
  const written = (level: 'debug' | 'info' | 'warn' | 'error', work: (log: ReturnType<typeof createLog>) => void) => {
    const lines: string[] = [];
    work(
      createLog({ requestId: 'r', level, write: (line) => lines.push(line), redact: redactor(['the-secret-itself']) }),
    );
    return lines;
  };

  it('writes what its level lets through, one line each, without the secrets', () => {
    const lines = written('warn', (log) => {
      log.debug('a');
      log.info('b');
      log.warn('c', { text: 'one\ntwo', secret: 'is the-secret-itself' });
      log.error('d');
    });
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(['c', 'd']);
    expect(lines[0]).not.toContain('\n');
    expect(lines[0]).toContain('is ***');
  });

  it('says of an error its name, code and place, but no URL', () => {
    const error = Object.assign(new Error('POST https://ecs.aliyuncs.com/?Signature=abc failed'), {
      code: 'ECONNRESET',
    });
    expect(causeOf(error)).toMatchObject({
      name: 'Error',
      code: 'ECONNRESET',
      message: 'POST https://ecs.aliyuncs.com/ failed',
    });
    expect(causeOf('just text')).toEqual({ message: 'just text' });
    const bare = new Error('x');
    delete bare.stack;
    expect(causeOf(bare)).toEqual({ name: 'Error', message: 'x', at: [] });
  });
});

describe('a message of a service', () => {
  it.each([
    [
      'Specified signature does not match our calculation. server StringToSign is [ACS3 x] server CanonicalRequest is [POST]',
      'Specified signature does not match our calculation.',
    ],
    [
      'Specified signature is not matched with our calculation. server string to sign is:POST&%2F',
      'Specified signature is not matched with our calculation.',
    ],
    ['see https://help.aliyun.com/x?token=1 for more', 'see https://help.aliyun.com/x for more'],
    ['SecurityToken=abc, Signature=def&x', 'SecurityToken=***, Signature=***&x'],
    [
      'The specified KeyPairName does not exist in our records.',
      'The specified KeyPairName does not exist in our records.',
    ],
  ])('is shown without what must not be: %s', (message, shown) => {
    expect(sanitizeMessage(message)).toBe(shown);
  });

  it('is cut where it does not end', () => {
    expect(sanitizeMessage('x'.repeat(5_000))).toHaveLength(1_000);
  });
});

describe('a failed call', () => {
  const failureOf = async (thrown: unknown) => {
    const failure = await runSdkCall(1_000, () => Promise.reject(thrown));
    if (!(failure instanceof SdkCallFailure)) throw new Error('it has not failed');
    return callFailure(failure, sanitizeMessage);
  };

  it.each([
    [{ code: 'ECONNREFUSED', syscall: 'connect' }, 'ECONNREFUSED'],
    [{ code: 'ENOTFOUND', syscall: 'getaddrinfo' }, 'ENOTFOUND'],
    [{ code: 'CERT_HAS_EXPIRED' }, 'CERT_HAS_EXPIRED'],
    [{ code: 'ERR_INVALID_CHAR' }, 'ERR_INVALID_CHAR'],
    [{ code: 'ECONNRESET' }, 'ECONNRESET'],
    [{ cause: { code: 'EPROTO' } }, 'EPROTO'],
    ['a string', 'the request could not be built'],
  ])('of which nothing was sent cannot have been carried out, and says why: %j', async (thrown, why) => {
    expect(await failureOf(thrown)).toMatchObject({
      reached: false,
      applied: 'no',
      kind: 'transient',
      code: undefined,
      message: `the service could not be reached: ${why}`,
    });
  });

  it.each([
    ['a hang', { kind: 'hang', applied: false }],
    ['a lost connection', { kind: 'reset', applied: false }],
    ['the page of a gateway', { kind: 'html' }],
  ] as const)('that was sent may have been carried out: %s', async (_, fault) => {
    const cloud = await startLocalCloud({ instances: 1 });
    cloud.ecs.script('DetachKeyPair', [fault]);
    const [{ instanceId = '' } = {}] = cloud.ecs.instances();
    const ecs = createEcs({
      regionId: 'cn-hangzhou',
      credentials: cloud.ecs.credentials,
      endpoint: cloud.ecs.endpoint,
    });
    const call = { regionId: 'cn-hangzhou', keyPairName: 'leaked-key', instanceIds: [instanceId] };
    await expect(ecs.detachKeyPair(call, 500)).rejects.toMatchObject({
      reached: true,
      applied: 'maybe',
      code: undefined,
    });
    await cloud.stop();
  });

  it.each([
    [400, 'Throttling.User', 'throttled', 'no'],
    [403, 'Rejected.Throttling', 'throttled', 'no'],
    [429, 'TooMany', 'throttled', 'no'],
    [500, 'Whatever', 'transient', 'maybe'],
    [400, 'InternalError', 'transient', 'maybe'],
    [409, 'InvalidOperation.Conflict', 'transient', 'no'],
    [400, 'SignatureNonceUsed', 'transient', 'maybe'],
    [403, 'IncorrectInstanceStatus', 'passing', 'no'],
    [403, 'IncorrectInstanceStatus.Initializing', 'passing', 'no'],
    [409, 'OperationConflict', 'transient', 'no'],
    [403, 'LastTokenProcessing', 'transient', 'no'],
    [400, 'SystemBusy', 'transient', 'no'],
    [400, 'InternalError.Whatever', 'transient', 'maybe'],
    [403, 'Forbidden.RAM', 'refused', 'no'],
    [400, 'IllegalTimestamp', 'stop', 'no'],
    [403, 'Forbidden.RiskControl', 'stop', 'no'],
    [400, 'InvalidAccount.Arrearage', 'stop', 'no'],
    [403, 'InstanceExpiredOrInArrears', 'refused', 'no'],
    ...STOPS.map((code) => [404, code, 'stop', 'no'] as const),
    ...REFUSALS.map((code) => [403, code, 'refused', 'no'] as const),
  ] as const)('that was answered is told by its code: %i %s is %s', (status, code, kind, applied) => {
    expect(CallError.answered(status, code, 'why', 5)).toMatchObject({
      kind,
      code,
      status,
      retryAfterMs: 5,
      reached: true,
      applied,
    });
  });

  it('inside a 200 is told by its code alone', () => {
    const kinds = ['LimitedOperation.ServiceUnavailable', 'Odd', '503', '429', '403'].map((code) => errorKind(code));
    expect(kinds).toEqual(['transient', 'refused', 'transient', 'throttled', 'refused']);
  });

  it('that is a mistake of ours is no failed call', () => {
    const mistake = new TypeError('x is not a function');
    expect(() => callErrorOf(mistake)).toThrow(mistake);
  });
});

describe('a call of an SDK', () => {
  it('is over when its time is, whatever the call does', async () => {
    expect(await runSdkCall(5, () => new Promise(() => {}))).toMatchObject({
      timedOut: true,
      sent: false,
      status: undefined,
    });
  });

  it('looks at requests and answers alone', () => {
    expect(() => channel('http.client.request.start').publish({ request: 'none' })).not.toThrow();
    expect(() => channel('http.client.response.finish').publish({ request: 'none' })).not.toThrow();
  });
});

describe('retrying', () => {
  const options = { deadline: deadlineAt(Date.now() + 60_000), timeoutMs: 10 };

  it('waits as long as it likes for a throttled call, but not beyond the deadline', async () => {
    let calls = 0;
    const call = async () => {
      calls += 1;
      if (calls <= 20) throw CallError.answered(400, 'Throttling', 'later');
      return 'done';
    };
    expect(await retrying(call, options)).toBe('done');
    const late = CallError.answered(400, 'Throttling', 'later', 90_000);
    await expect(retrying(() => Promise.reject(late), options)).rejects.toBe(late);
  });

  it('does not begin after the deadline', async () => {
    await expect(retrying(async () => 'done', { ...options, deadline: deadlineAt(0) })).rejects.toMatchObject({
      code: 'DeadlineExceeded',
    });
  });
});

describe('what a schema did not like', () => {
  it('is said even where ajv says nothing', () => {
    expect(firstError({ errors: null })).toEqual({ path: [], keyword: '', message: 'cannot be read', params: {} });
  });
});

describe('the default credentials', () => {
  it('are those of the chain that the tools use', async () => {
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_ID', 'chain-id');
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_SECRET', 'chain-secret');
    expect(await defaultCredentials()).toEqual({ accessKeyId: 'chain-id', accessKeySecret: 'chain-secret' });
    vi.unstubAllEnvs();
  });
});
