import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { substitute } from './substitute.ts';
import { closed } from './triggers.ts';
import { canBeDeployed, settings } from './variables.ts';

const text = { type: 'string', minLength: 1 };

function service(name: string, timeout: number, age: number, triggers: object) {
  const functionSchema = closed({
    name: { const: name },
    runtime: { const: 'nodejs20' },
    codeUri: { const: path.posix.relative('docs/fc2', `dist/${name}`) },
    handler: { const: 'index.handler' },
    memorySize: { type: 'integer', minimum: 128, multipleOf: 64 },
    timeout: { const: timeout },
    environmentVariables: {
      type: 'object',
      propertyNames: { enum: settings().filter(canBeDeployed) },
      additionalProperties: { type: 'string' },
    },
    asyncConfiguration: closed({
      statefulInvocation: { const: true },
      maxAsyncRetryAttempts: { const: 3 },
      maxAsyncEventAgeInSeconds: { const: age },
      destination: closed({ onFailure: { type: 'string', pattern: '^acs:mns:' } }),
    }),
  });
  const props = {
    region: text,
    service: closed({ name: { const: name }, role: { type: 'string', pattern: '^acs:ram::' }, logConfig: text }),
    function: functionSchema,
  };
  return closed({ component: { const: 'fc' }, props: closed({ ...props, ...triggers }) });
}

const http = closed({
  name: text,
  type: { const: 'http' },
  config: closed({ authType: { const: 'function' }, methods: { const: ['GET', 'POST'] } }),
});

const schema = closed({
  edition: { const: '1.0.0' },
  name: text,
  access: text,
  vars: { type: 'object' },
  services: closed({
    'detach-key-pair': service('detach-key-pair', 300, 7_200, { triggers: { type: 'array', items: http } }),
    'reboot-instances': service('reboot-instances', 600, 7_200, {}),
    'remove-public-key': service('remove-public-key', 600, 7_200, {}),
  }),
});

test('docs/fc2/s.yaml has the keys of its component, and what the functions rest on', () => {
  const { value, problems } = substitute(parse(readFileSync('docs/fc2/s.yaml', 'utf8')), {});
  expect(problems).toEqual([]);
  const ajv = new Ajv({ allErrors: true, strict: false });
  expect(ajv.validate(schema, value), ajv.errorsText()).toBe(true);
  // Reboots are looked for in the service that the manifest makes.
  expect(value).toMatchObject({
    services: {
      'detach-key-pair': {
        props: {
          function: {
            environmentVariables: { REBOOT_SERVICE_NAME: 'reboot-instances', REMOVE_SERVICE_NAME: 'remove-public-key' },
          },
        },
      },
      'remove-public-key': {
        props: { function: { environmentVariables: { REBOOT_SERVICE_NAME: 'reboot-instances' } } },
      },
    },
  });
});
