/** Made by build/removal-script.ts. */
declare module 'removal:script' {
  /** script/remove-public-key.sh without comments and indentation. */
  export const script: string;
}
