import path from 'node:path';
import { UsageError } from '../../local-cloud/cli/arguments.ts';
import { serveLocalCloud } from '../../local-cloud/cli/serve.ts';
import { WrongUse } from '../failure.ts';

/** The local cloud with the functions that lie beside this program, kept up until it is interrupted. */
export async function localCloud(options: Readonly<Record<string, string | true | undefined>>): Promise<void> {
  const given = new Map<string, string>();
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined)
      given.set(
        name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
        String(value),
      );
  }
  try {
    await serveLocalCloud(given, path.resolve(__dirname, '..'));
  } catch (error) {
    throw error instanceof UsageError ? new WrongUse(error.message) : error;
  }
}
