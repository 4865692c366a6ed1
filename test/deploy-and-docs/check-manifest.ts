import Ajv, { type ErrorObject } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { loadConfig } from '../../shared/config/config.ts';
import { recordOf } from '../../shared/record.ts';
import { manifestSchema } from './manifest-schema.ts';
import { substitute } from './substitute.ts';
import { triggerSchema } from './triggers.ts';

// Our own files: all errors at once is a help, and no attack.
const ajv = new Ajv({
  allErrors: true,
  allowUnionTypes: true,
  discriminator: true,
  multipleOfPrecision: 6,
  strictRequired: false,
  strictTypes: false,
});
const validateManifest = ajv.compile(manifestSchema);
const validateTrigger = ajv.compile(triggerSchema);

/** What is wrong with s.yaml as it is deployed from `environment`; each problem begins with the place. */
export function checkManifest(text: string, environment: Readonly<Record<string, string>>): string[] {
  const { value, problems } = substitute(parse(text), environment);
  validateManifest(value);
  const resources = Object.entries(recordOf(recordOf(value)['resources']));
  return [
    ...problems,
    ...explain(validateManifest.errors),
    ...resources.flatMap(([name, resource]) =>
      checkProps(recordOf(recordOf(resource)['props']), `resources.${name}.props`),
    ),
  ];
}

export function checkTrigger(trigger: unknown): string[] {
  validateTrigger(trigger);
  return explain(validateTrigger.errors);
}

/** What a schema cannot say. */
function checkProps({ cpu, memorySize, environmentVariables }: Record<string, unknown>, place: string): string[] {
  const problems: string[] = [];
  const gigabytesPerCore = Number(memorySize) / 1_024 / Number(cpu);
  if (gigabytesPerCore < 1 || gigabytesPerCore > 4) problems.push(`${place}.cpu: 1 to 4 GB of memory belong to a vCPU`);
  const variables = Object.fromEntries(
    Object.entries(recordOf(environmentVariables)).map(([name, text]) => [name, String(text)]),
  );
  if (Buffer.byteLength(JSON.stringify(variables)) > 4_096)
    problems.push(`${place}.environmentVariables: FC takes 4 KB in all`);
  try {
    loadConfig(variables);
  } catch (error) {
    problems.push(`${place}.environmentVariables: ${error instanceof Error ? error.message : error}`);
  }
  return problems;
}

function explain(errors: readonly ErrorObject[] | null | undefined): string[] {
  return (errors ?? []).map(({ instancePath, keyword, params, message, propertyName }) => {
    const place = instancePath.split('/').slice(1);
    const at = (...more: unknown[]) => [...place, ...more].join('.');
    if (keyword === 'additionalProperties') return `${at(params['additionalProperty'])}: there is no such key`;
    if (keyword === 'required') return `${at(params['missingProperty'])}: is missing`;
    if (keyword === 'const') return `${at()}: must be ${JSON.stringify(params['allowedValue'])}`;
    if (keyword === 'enum')
      return `${at(...(propertyName ? [propertyName] : []))}: must be one of ${params['allowedValues']}`;
    return `${at(...(propertyName ? [propertyName] : []))}: ${message}`;
  });
}
