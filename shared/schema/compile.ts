import Ajv, { type SchemaObject, type ValidateFunction } from 'ajv';

// allErrors stays off: on untrusted input, collecting every error is a way to keep us busy.
const ajv = new Ajv({ code: { source: true }, messages: false, strictRequired: false, allowUnionTypes: true });

/**
 * A type guard from a schema. Only `*.validator.ts` files call this: the build runs them and puts the code that ajv
 * generates in their place, so that no function loads ajv.
 */
export function compile<T>(schema: SchemaObject): ValidateFunction<T> {
  return ajv.compile<T>(schema);
}
