/** What all that runs on Function Compute is built as. ESM dies at run time: the SDKs require Node's modules dynamically. */
export const OUTPUT = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  legalComments: 'none',
  // One character beyond Latin-1 makes V8 keep the whole file in two bytes a character, and Node decode it the slow way.
  charset: 'ascii',
  // `import()` becomes a `require`, which reads a CommonJS file as our sources read the package.
  supported: { 'dynamic-import': false },
} as const;
