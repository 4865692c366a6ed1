import { detachRequestSchema } from '../request/schema.ts';
import { stopRequestSchema } from '../stop/schema.ts';
import { answerSchema, errorSchema, stopAnswerSchema } from './schema.ts';

const json = (schema: object) => ({ 'application/json': { schema } });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const oneWith = (name: string) => ({ required: [name], properties: { [name]: {} } });
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
  everywhere: {
    summary: 'One key in every region and account, whatever it is called there: what would happen',
    value: {
      RegionId: '*',
      RoleArn: '*',
      PublicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJ/Uz26d61xO98rEsk0RX4JOuXfWpno82209WmB2RN4 leaked',
      Filter: {},
      DryRun: true,
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

const stopExamples = {
  stop: {
    summary: 'Take restarts that wait out of the queue',
    value: { StopTasks: [`reboot-${'0f'.repeat(32)}`] },
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
        'One request, one aggregated answer in the shape of the DetachKeyPair operation of ECS. A detach is real once the instance has restarted; afterwards sign-in is by user name and password, and where none was ever set login is impossible.',
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
            content: {
              'application/json': {
                schema: { oneOf: [ref('Request'), ref('StopRequest')] },
                examples: { ...examples, ...stopExamples },
              },
            },
          },
          responses: {
            '200': {
              description: 'One item an instance; failures of single instances are here too.',
              content: json({ oneOf: [ref('Answer'), ref('StopAnswer')] }),
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
          anyOf: [oneWith('InstanceIds'), oneWith('Filter')],
          oneOf: [oneWith('KeyPairName'), oneWith('PublicKey')],
        },
        StopRequest: { title: 'StopRequest', ...stopRequestSchema },
        Answer: { title: 'Answer', ...answerSchema },
        StopAnswer: { title: 'StopAnswer', ...stopAnswerSchema },
        Error: { title: 'Error', ...errorSchema },
      },
    },
  };
}
