import { closed, triggerSchema } from './triggers.ts';
import { canBeDeployed, settings } from './variables.ts';

const text = { type: 'string', minLength: 1 };
const region = { type: 'string', pattern: '^[a-z]{2,}(-[a-z0-9]+)+$' };

/** The component lower-cases what it is given; what is written should be what is deployed. */
const role = { type: 'string', pattern: '^acs:ram::\\d+:role/[a-z0-9.-]{1,64}$' };

const destination = closed({
  destination: {
    type: 'string',
    pattern:
      '^acs:(fc:[a-z0-9-]+:\\d+:functions/\\S+|mns:[a-z0-9-]+:\\d*:/(queues|topics)/[^/\\s]+/messages|eventbridge:[a-z0-9-]+:\\d+:eventbus/\\S+)$',
  },
});

/** Within what all documents of the service agree on; the console's, the SDK's and the component's differ. */
const retryAttempts = { type: 'integer', minimum: 0, maximum: 8 };
const eventAge = { type: 'integer', minimum: 1, maximum: 604_800 };

function asyncInvokeConfig(maxAsyncRetryAttempts: object, maxAsyncEventAgeInSeconds: object) {
  return closed({
    asyncTask: { const: true },
    maxAsyncRetryAttempts,
    maxAsyncEventAgeInSeconds,
    destinationConfig: closed({ onFailure: destination }, { onSuccess: destination }),
  });
}

const environmentVariables = {
  type: 'object',
  propertyNames: { enum: settings().filter(canBeDeployed) },
  additionalProperties: { type: 'string' },
};

type Own = { name: string; timeout: number; asyncInvokeConfig: object; required?: object; optional?: object };

function functionSchema({ name, timeout, asyncInvokeConfig, required = {}, optional = {} }: Own) {
  const props = closed(
    {
      region,
      functionName: { const: name },
      runtime: { const: 'nodejs20' },
      code: { const: `./dist/${name}` },
      handler: { const: 'index.handler' },
      cpu: { type: 'number', minimum: 0.05, maximum: 16, multipleOf: 0.05 },
      memorySize: { type: 'integer', minimum: 128, maximum: 32_768, multipleOf: 64 },
      diskSize: { enum: [512, 10_240] },
      timeout: { const: timeout },
      role,
      logConfig: {
        type: ['string', 'object'],
        pattern: '^auto$',
        additionalProperties: false,
        required: ['project', 'logstore'],
        properties: {
          project: text,
          logstore: text,
          enableRequestMetrics: { type: 'boolean' },
          enableInstanceMetrics: { type: 'boolean' },
          logBeginRule: { enum: ['DefaultRegex', 'None'] },
        },
      },
      asyncInvokeConfig,
      ...required,
    },
    {
      description: { type: 'string', maxLength: 256 },
      environmentVariables,
      internetAccess: { const: true },
      ...optional,
    },
  );
  return closed({ component: { const: 'fc3' }, props });
}

/** s.yaml whole, after substitution: every key that may be there, and what the behaviour of the functions rests on. */
export const manifestSchema = {
  ...closed({
    edition: { const: '3.0.0' },
    name: text,
    access: text,
    vars: { type: 'object', additionalProperties: { type: 'string' } },
    resources: closed({
      'detach-key-pair': functionSchema({
        name: 'detach-key-pair',
        timeout: 300,
        asyncInvokeConfig: asyncInvokeConfig(retryAttempts, eventAge),
        required: {
          triggers: {
            type: 'array',
            items: triggerSchema,
            contains: { properties: { triggerType: { const: 'http' } } },
            maxContains: 1, // FC takes one a version or alias
          },
        },
        optional: { concurrencyConfig: closed({ reservedConcurrency: { type: 'integer', minimum: 1, maximum: 300 } }) },
      }),
      'reboot-instances': functionSchema({
        name: 'reboot-instances',
        timeout: 600,
        asyncInvokeConfig: asyncInvokeConfig({ const: 3 }, { const: 7_200 }),
        required: { concurrencyConfig: closed({ reservedConcurrency: { type: 'integer', minimum: 1, maximum: 10 } }) },
      }),
      'remove-public-key': functionSchema({
        name: 'remove-public-key',
        timeout: 600,
        asyncInvokeConfig: asyncInvokeConfig({ const: 3 }, { const: 7_200 }),
        required: { concurrencyConfig: closed({ reservedConcurrency: { type: 'integer', minimum: 1, maximum: 10 } }) },
      }),
    }),
  }),
};
