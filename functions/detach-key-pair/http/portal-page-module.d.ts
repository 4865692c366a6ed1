/** Made by build/portal-page.ts. */
declare module 'portal:page' {
  export const hashes: import('../../../portal/policy.ts').Hashes;
  /** The page with its script and its style sheet in it. */
  export function html(): string;
}
