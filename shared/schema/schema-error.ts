import type { ErrorObject } from 'ajv';

/** The first thing that a schema did not like. */
export type SchemaError = {
  /** Where, from the outside in; empty for the whole value. */
  readonly path: readonly string[];
  readonly keyword: string;
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>>;
};

export function firstError({ errors }: { errors?: ErrorObject[] | null }): SchemaError {
  const { instancePath = '', keyword = '', message = 'cannot be read', params = {} } = errors?.[0] ?? {};
  return { path: instancePath.split('/').slice(1), keyword, message, params };
}
