import { detachRequestSchema } from '../request/schema.ts';

const text = { type: 'string' };
const texts = (description: string) => ({ type: 'string', description });

const item = {
  type: 'object',
  required: ['Code', 'Message', 'InstanceId', 'Success'],
  properties: {
    Code: text,
    Message: text,
    InstanceId: text,
    Success: { enum: ['true', 'false'] },
    BoundKeyPairName: text,
    Online: { enum: ['Reachable', 'Offline', 'Stopped'], description: 'In a dry run with Online.' },
  },
};

const task = {
  type: 'object',
  required: ['TaskId', 'InstanceIds', 'Status'],
  properties: {
    TaskId: text,
    InstanceIds: { type: 'array', items: text },
    DelaySeconds: text,
    Status: { enum: ['Enqueued', 'Duplicate', 'Failed'] },
    Code: text,
    Message: text,
  },
};

const answer = {
  type: 'object',
  required: ['KeyPairName', 'RequestId', 'TotalCount', 'FailCount', 'Results'],
  properties: {
    KeyPairName: text,
    RequestId: text,
    TotalCount: texts('Distinct instances asked for, or found.'),
    FailCount: texts('Those not detached.'),
    Results: { type: 'object', required: ['Result'], properties: { Result: { type: 'array', items: item } } },
    ResultsTruncated: {
      enum: ['true'],
      description: 'Items were left out for the size of the answer; the counts are whole.',
    },
    Reboot: {
      type: 'object',
      required: ['TotalCount', 'FailCount', 'Tasks'],
      properties: { TotalCount: text, FailCount: text, Tasks: { type: 'array', items: task } },
    },
    Online: {
      type: 'object',
      required: ['TotalCount', 'FailCount', 'Tasks'],
      properties: { TotalCount: text, FailCount: text, Tasks: { type: 'array', items: task } },
    },
    Continuation: {
      type: 'object',
      required: ['TaskId', 'InstanceCount', 'TaskIds'],
      properties: { TaskId: text, InstanceCount: text, TaskIds: { type: 'array', items: text } },
    },
    Completion: {
      enum: ['Failed'],
      description: 'What would have finished the request, had this run been cut off, could not be queued.',
    },
    CompletionTaskIds: {
      type: 'array',
      items: text,
      description: 'Asynchronous runs that stay in the queue to finish the request.',
    },
    DryRun: { enum: ['true'] },
    Verify: { enum: ['true'] },
  },
};

const error = {
  type: 'object',
  required: ['RequestId', 'HostId', 'Code', 'Message', 'Recommend'],
  properties: {
    RequestId: text,
    HostId: text,
    Code: text,
    Message: text,
    Recommend: text,
    KeyPairName: text,
    TotalCount: text,
    FailCount: text,
  },
};

const json = (schema: object) => ({ 'application/json': { schema } });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const refusal = (description: string) => ({ description, content: json(ref('Error')) });

/** Requests that the test suite runs. */
export const examples = {
  detach: {
    summary: 'Take the key pair off two instances',
    value: {
      RegionId: 'cn-hangzhou',
      KeyPairName: 'testKeyPairName',
      InstanceIds: ['i-bp1d6tsvznfghy7y0001', 'i-bp1d6tsvznfghy7y0002'],
    },
  },
  rolling: {
    summary: 'Off every instance that has it, restarting 20 every 30 seconds',
    value: {
      RegionId: 'cn-hangzhou',
      KeyPairName: 'testKeyPairName',
      Filter: {},
      Reboot: { BatchSize: 20, IntervalSeconds: 30 },
      ClientToken: 'leak-2026-11-24',
    },
  },
  dryRun: {
    summary: 'What would happen',
    value: { RegionId: 'cn-hangzhou', KeyPairName: 'testKeyPairName', Filter: {}, DryRun: true },
  },
  verify: {
    summary: 'Prove the outcome',
    value: {
      RegionId: 'cn-hangzhou',
      KeyPairName: 'testKeyPairName',
      InstanceIds: ['i-bp1d6tsvznfghy7y0001', 'i-bp1d6tsvznfghy7y0002'],
      Verify: true,
      VerifySince: '2026-11-24T08:00:00Z',
    },
  },
} as const;

/** The contract as OpenAPI 3.1, from the schema that requests are validated by. */
export function openApi() {
  return {
    openapi: '3.1.0',
    info: {
      title: 'fc-detach-key-pair',
      version: '1.0.0',
      summary: 'Takes an SSH key pair off any number of ECS instances.',
      description:
        'One request, one aggregated answer in the shape of the DetachKeyPair operation of ECS. A detach is real once the instance has restarted; afterwards sign-in is by user name and password, and where none was ever set nobody can log in.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The HTTP trigger or the custom domain of the function.' }],
    security: [{ trigger: [] }, {}],
    paths: {
      '/': {
        post: {
          operationId: 'DetachKeyPair',
          summary: 'Detach a key pair, on any path',
          parameters: [
            {
              name: 'Idempotency-Key',
              in: 'header',
              description: 'The same as ClientToken; two that differ are refused.',
              schema: detachRequestSchema.properties.ClientToken,
            },
          ],
          requestBody: {
            required: true,
            content: { 'application/json': { schema: ref('Request'), examples } },
          },
          responses: {
            '200': {
              description: 'One item an instance; failures of single instances are here too.',
              content: json(ref('Answer')),
            },
            '400': refusal(
              'The request, or ECS, says what is wrong; a request that ECS refuses as a whole has the status of ECS.',
            ),
            '401': refusal('No valid webhook signature.'),
            '403': refusal('Not on an allow-list, too many instances, or not permitted by RAM.'),
            '404': refusal('Another operation.'),
            '405': refusal('Another method.'),
            '413': refusal('More than 4 MiB.'),
            '415': refusal('Neither JSON nor a form.'),
            '500': refusal('Our fault, a bad setting included.'),
          },
        },
      },
      '/healthz': {
        get: {
          operationId: 'Health',
          summary: 'Whether the function is up and its settings are sound',
          responses: {
            '200': {
              description: 'It is.',
              content: json({ type: 'object', properties: { Status: { enum: ['ok'] } } }),
            },
            '404': refusal('Only behind a prefix that is not routed here.'),
            '500': refusal('A setting is bad; the log names it.'),
          },
        },
      },
    },
    components: {
      securitySchemes: {
        trigger: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: 'What the trigger or the custom domain checks: ACS3-HMAC-SHA256, or a bearer token.',
        },
      },
      schemas: {
        Request: {
          title: 'Request',
          ...detachRequestSchema,
          anyOf: [{ required: ['InstanceIds'] }, { required: ['Filter'] }],
        },
        Answer: { title: 'Answer', ...answer },
        Error: { title: 'Error', ...error },
      },
    },
  };
}
