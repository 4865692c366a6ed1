/** Of the page's only script and its only style sheet, base64. */
export type Hashes = { readonly script: string; readonly style: string };

/** Where a saved copy may have its function: anywhere, but never over a network in clear text. */
export const ANY_FUNCTION = "'self' https: http://127.0.0.1:* http://localhost:*";

/** Nothing is loaded and nothing runs but what the page holds itself; `functions` are the origins it may call. */
export function policyOf({ script, style }: Hashes, functions: string): string {
  return [
    "default-src 'none'",
    `script-src 'sha256-${script}'`,
    `style-src 'sha256-${style}'`,
    `connect-src ${functions}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}
