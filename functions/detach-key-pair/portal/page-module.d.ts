/** Made by build/portal-page.ts: the page with its script and its style sheet in it. */
declare module 'portal:page' {
  export const hashes: import('./policy.ts').Hashes;
  /** Brotli, base64: every cold start reads the bundle, and hardly any needs the page. */
  export const compressed: string;
}
