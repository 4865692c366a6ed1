import { isRecord } from '../../shared/record.ts';

/** A value that Serverless Devs puts in for `${vars.x}`, `${env('X')}` or `${env('X', 'default')}`: no other form is ours. */
const EXPRESSION = /\$\{\s*(?:vars\.(\w+)|env\('(\w+)'(?:,\s*'([^']*)')?\))\s*\}/g;

export type Substituted = { readonly value: unknown; readonly problems: readonly string[] };

/** The manifest as it is deployed from `environment`; a reference to nothing is a problem that names its place. */
export function substitute(manifest: unknown, environment: Readonly<Record<string, string>>): Substituted {
  const problems: string[] = [];
  const vars = isRecord(manifest) && isRecord(manifest['vars']) ? manifest['vars'] : {};

  function text(template: string, place: string): string {
    const filled = template.replace(EXPRESSION, (_, name?: string, variable?: string, otherwise?: string) => {
      if (variable !== undefined) {
        const value = environment[variable] ?? otherwise;
        if (value === undefined) problems.push(`${place}: the environment has no ${variable}`);
        return value ?? '';
      }
      const value = vars[name ?? ''];
      if (typeof value !== 'string') problems.push(`${place}: there is no text vars.${name}`);
      return typeof value === 'string' ? text(value, place) : '';
    });
    if (filled.includes('${')) problems.push(`${place}: ${template} is no reference that can be read`);
    return filled;
  }

  function walk(value: unknown, place: string): unknown {
    if (typeof value === 'string') return text(value, place);
    if (Array.isArray(value)) return value.map((item, index) => walk(item, `${place}.${index}`));
    if (!isRecord(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, walk(item, place ? `${place}.${key}` : key)]),
    );
  }

  return { value: walk(manifest, ''), problems };
}

/** Every environment variable that a manifest reads, and whether it can do without. */
export function variablesOf(manifest: string): Map<string, 'required' | 'optional'> {
  return new Map(
    [...manifest.matchAll(EXPRESSION)].flatMap(([, , variable, otherwise]) =>
      variable ? [[variable, otherwise === undefined ? 'required' : 'optional'] as const] : [],
    ),
  );
}
