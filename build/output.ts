/** What all that runs on Function Compute is built as. ESM dies at run time: the SDKs require Node's modules dynamically. */
export const OUTPUT = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  legalComments: 'none',
  charset: 'utf8',
  // `import()` becomes a `require`, which reads a CommonJS file as our sources read the package.
  supported: { 'dynamic-import': false },
} as const;
