import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

/** `to` is a file below the root, or the name of a package or of a module of Node. */
export type Import = { readonly from: string; readonly to: string };

const run = promisify(execFile);

/**
 * Every import of every file below these folders, at any depth: what runs, `require` and `import()` included, as esbuild
 * parses it, and types too, as the compiler of each project resolves them.
 */
export async function importsOf(
  root: string,
  folders: readonly string[],
  projects: readonly string[],
): Promise<Import[]> {
  const files = folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.[cm]?[jt]s$/.test(file))
      .map((file) => path.posix.join(folder, file)),
  );
  const known = new Set(files);
  const found = [await parsed(root, files), ...(await Promise.all(projects.map((project) => compiled(root, project))))];
  const byText = new Map(found.flat().map((one) => [`${one.from} ${one.to}`, one]));
  return [...byText.values()].filter(({ from }) => known.has(from));
}

async function parsed(root: string, files: readonly string[]): Promise<Import[]> {
  const imports: Import[] = [];
  await build({
    absWorkingDir: root,
    entryPoints: files.filter((file) => !file.endsWith('.d.ts')),
    bundle: true,
    write: false,
    outdir: 'out',
    platform: 'node',
    logLevel: 'silent',
    // An import of which only types are used would be left out without it.
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    plugins: [
      {
        name: 'imports',
        setup({ onResolve }) {
          onResolve({ filter: /.*/ }, ({ path: to, importer, resolveDir, kind }) => {
            if (kind === 'entry-point') return undefined;
            const isFile = to.startsWith('.') || path.isAbsolute(to);
            const from = path.relative(root, importer);
            imports.push({ from, to: isFile ? path.relative(root, path.resolve(resolveDir, to)) : packageOf(to) });
            return { path: to, external: true };
          });
        },
      },
    ],
  });
  return imports;
}

const TSC = path.join(path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/** The compiler lists each file and, below it, which files import it by which text. */
async function compiled(root: string, project: string): Promise<Import[]> {
  const options = ['-p', project, '--noEmit', '--noCheck', '--explainFiles'];
  const { stdout } = await run(process.execPath, [TSC, ...options], { cwd: root, maxBuffer: 64 * 1024 * 1024 });
  let to = '';
  const imports: Import[] = [];
  for (const line of stdout.split('\n')) {
    if (/^\S/.test(line)) to = path.relative(root, path.resolve(root, line.trim()));
    const [, text = '', from] = /Imported via ['"](.+?)['"] from file '(.+?)'/.exec(line) ?? [];
    if (from === undefined) continue;
    imports.push({ from, to: to.includes('node_modules/') ? packageOf(text) : to });
  }
  return imports;
}

function packageOf(text: string): string {
  return /^(@[^/]+\/)?[^/]+/.exec(text)?.[0] ?? text;
}
