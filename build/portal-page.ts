import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { detachRequestSchema } from '../functions/detach-key-pair/request/schema.ts';
import { ANY_FUNCTION, type Hashes, policyOf } from '../portal/policy.ts';
import { en } from '../portal/text/en.ts';
import { formatOf } from '../portal/text/format.ts';

const FOLDER = path.resolve('portal');
/** Stands in Preact's place: see there. */
const OWN_PREACT = path.join(FOLDER, 'ui/vdom.ts');
/** Names of texts that the document, a request, an answer or what is kept has too. */
const SHARED = `title language region key keyPair publicKey account roles where count every places show all code message
at now remove follow link left detached failed done removed pending restarted progress tag force batchSize maxErrors queued stops
notify instance stops`.split(/\s+/);

/** Names that are the page's own: of its state, its components' properties and its renderer. */
const OWN =
  `dispatch commands following screen chosen looked ticked isUnkept isOpen isWrong isAsking isStopping failure refused
doneAt stoppable isOver secondsLeft takesFocus isChecked onCheck onChoose isStacked isDisabled hasFocus toneOf outcomeOf nameOf
keyOf dependencies slots kids connection isDescending rowHeight perSecond otherRegions keyKind allowDifferentKeys
keyPairName regionId roleArn requestId asksForToken isOfEachInstance isTruncated privateIp publicIp zoneId plural duration moment startsAt peak seenAt
lookAgain goOnWith stopTasks isTicked isKept readyAgent watches typed`.split(/\s+/);

/** In what is kept or linked, too: the same in every build. */
const KEPT = { keyPairName: '$k', regionId: '$r', roleArn: '$a', requestId: '$q' };

/** Some thousand times in the page, and one or two characters there. What is kept or sent has its own names. */
const MANGLED = new RegExp(
  `^(${[...Object.keys(en(formatOf('en'))).filter((name) => !SHARED.includes(name)), ...OWN].join('|')})$`,
);

// Two years of browsers.
const TARGET = ['chrome120', 'firefox121', 'safari17'];

/** Puts what the function says of its page in the place of `portal:page`; the page itself lies beside index.js. */
export const portalPage: Plugin = {
  name: 'portal-page',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^portal:page$/ }, ({ path: name }) => ({ path: name, namespace: 'portal' }));
    onLoad({ filter: /.*/, namespace: 'portal' }, async () => ({
      contents: `import { readFileSync } from 'node:fs';
export const hashes = ${JSON.stringify((await buildPage()).hashes)};
export const html = () => readFileSync(__dirname + '/portal.html', 'utf8');`,
      loader: 'js',
    }));
    onLoad({ filter: /\/answer\/openapi\.ts$/ }, () => ({
      contents: `import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
export const openApi = () => JSON.parse(inflateRawSync(readFileSync(__dirname + '/openapi.json.z')).toString());`,
      loader: 'js',
    }));
  },
};

/** The page, and what its policy allows by hash. */
export async function buildPage(): Promise<{ hashes: Hashes; html: string }> {
  const [template, first, style] = await Promise.all([
    readFile(path.join(FOLDER, 'page.html'), 'utf8'),
    bundled('first.css'),
    bundled('page.css'),
  ]);
  const { words, plugin } = await packWords();
  // A third of their size: the page unpacks them before it shows anything.
  const packed = deflateRawSync([style, ...words].join('\n'), { level: 9 }).toString('base64');
  const script = await bundled('ui/main.tsx', packed, [plugin]);
  const hashes = { script: sha256(script), style: sha256(first) };
  const html = [
    ["default-src 'none'", policyOf(hashes, ANY_FUNCTION)],
    ['<link rel="stylesheet" href="page.css">', `<style>${first}</style>`],
    ['<script src="main.ts"></script>', `<script>${script}</script>`],
  ].reduce(put, template.replace(/\n\s*/g, '\n'));
  return { hashes, html };
}

/** A shorter one is not longer than its number. */
const LEAST_PACKED = 8;

/** The longer texts of the dictionaries, taken out of them, and what puts a number in the place of each. */
async function packWords(): Promise<{ words: readonly string[]; plugin: Plugin }> {
  const words: string[] = [];
  const sources = new Map<string, string>();
  for (const language of ['en', 'zh']) {
    const file = path.join(FOLDER, `text/${language}.ts`);
    const source = (await readFile(file, 'utf8')).replace(
      /(from )?'([^'\\\n]*)'(:)?/g,
      (all, from, text: string, colon) => {
        if (from || colon || text.length < LEAST_PACKED) return all;
        words.push(text);
        return `packed[${words.length - 1}]!`;
      },
    );
    // And the text between the values of a template, where no template is in another.
    const templates = source.replace(/^[^`\n]*`[^`\n]*`[^`\n]*$/gm, (line) =>
      line.replace(/(?<=[`}])[^`${}\\]{14,}(?=`|\$\{)/g, (text) => {
        words.push(text);
        return `\${packed[${words.length - 1}]}`;
      }),
    );
    sources.set(file, `import { packed } from '../ui/packed.ts';\n${templates}`);
  }
  const setup: Plugin['setup'] = ({ onLoad }) =>
    onLoad({ filter: /\/text\/(en|zh)\.ts$/ }, ({ path: file }) => ({
      contents: sources.get(file) ?? '',
      loader: 'ts',
    }));
  return { words, plugin: { name: 'packed-words', setup } };
}

function put(page: string, [place = '', content = '']: readonly string[]): string {
  if (page.split(place).length !== 2) throw new Error(`page.html must hold ${place} once`);
  return page.replace(place, () => content);
}

async function bundled(file: string, packed = '', plugins: readonly Plugin[] = []): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(FOLDER, file)],
    outdir: FOLDER,
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: TARGET,
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [wordlessSchema, ...plugins],
    alias: { preact: OWN_PREACT, 'preact/hooks': OWN_PREACT },
    jsx: 'transform',
    jsxFactory: 'h',
    jsxFragment: 'Fragment',
    inject: [OWN_PREACT],
    mangleProps: MANGLED,
    mangleCache: KEPT,
    define: { PACKED: JSON.stringify(packed) },
    tsconfigRaw: { compilerOptions: {} },
  });
  return (outputFiles[0]?.text ?? '').trim();
}

/** The page and the functions check by the schema of the request; what it says to people is half of it. */
export const wordlessSchema: Plugin = {
  name: 'wordless-schema',
  setup({ onLoad }) {
    onLoad({ filter: /\/request\/schema\.ts$/ }, () => {
      const rules = JSON.stringify(detachRequestSchema, (key, value) => (key === 'description' ? undefined : value));
      return { contents: `export const detachRequestSchema = ${rules};`, loader: 'js' };
    });
  },
};

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
