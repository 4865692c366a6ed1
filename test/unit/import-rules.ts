import type { Import } from '../support/imports.ts';

/** What the files of `of` may import, beside each other: the table of docs/architecture.md. The first that matches holds. */
type Rule = { readonly of: RegExp; readonly may: readonly RegExp[]; readonly mayNot?: readonly RegExp[] };

const DETACH = 'functions/detach-key-pair';
const NODE = /^node:/;
const SHARED = /^shared\//;
const PURE_PACKAGE = /^(p-limit|ajv|json-schema-to-ts)$/;
const SDK = /^(@alicloud|@darabonba)\//;
/** Of detach-key-pair's own files, those that call its folders. */
const CALLERS = new RegExp(
  `^${DETACH}/(index|invoke|run-request|prepare|hand-over|follow-up|detach-holdings|whole-failure)\\.ts$`,
);

const inDetach = (text: string) => new RegExp(`^${DETACH}/${text}`);
const OWN_FILE = inDetach('[^/]+\\.ts$');
const room = (name: string) => inDetach(`${name}/`);
const ROOMS = inDetach('[^/]+/');

/** Shapes of data that several folders speak of. */
const DATA = inDetach('(answer|stop)/schema\\.ts$');
const entry = (name: string, ...more: RegExp[]): Rule => ({
  of: room(name),
  may: [OWN_FILE, ...['answer', 'request', 'stop'].map(room), SHARED, NODE, ...more],
  mayNot: [inDetach('(prepare|hand-over|follow-up|index|invoke)\\.ts$')],
});

const RULES: readonly Rule[] = [
  { of: room('request'), may: [SHARED, NODE, PURE_PACKAGE] },
  entry('http', /^portal\/policy\.ts$/, /^portal:page$/),
  entry('event', room('queue')),
  { of: OWN_FILE, may: [OWN_FILE, ROOMS, SHARED, NODE, PURE_PACKAGE] },
  { of: room('stop'), may: [OWN_FILE, room('request'), room('answer'), SHARED, NODE, PURE_PACKAGE], mayNot: [CALLERS] },
  // detach/, inspect/, queue/, answer/, and any new folder: what they share is beside them.
  { of: ROOMS, may: [OWN_FILE, room('request'), DATA, SHARED, NODE, PURE_PACKAGE], mayNot: [CALLERS] },
  { of: /^functions\/reboot-instances\//, may: [/^functions\/reboot-instances\//, SHARED, NODE, PURE_PACKAGE] },
  {
    of: /^functions\/remove-public-key\//,
    may: [/^functions\/remove-public-key\//, SHARED, NODE, PURE_PACKAGE, /^removal:script$/],
  },
  { of: /^shared\/alibaba\//, may: [SHARED, NODE, PURE_PACKAGE, SDK] },
  { of: SHARED, may: [SHARED, NODE, PURE_PACKAGE] },
  {
    of: /^portal\/core\//,
    may: [
      /^portal\/core\//,
      inDetach('request/(schema|patterns|reboot-options|wave-layout)\\.ts$'),
      /^shared\/(chunks|record|private-key|messages\/fields)\.ts$/,
    ],
  },
  { of: /^portal\/ui\//, may: [/^portal\//, /^preact$/] },
  { of: /^portal\//, may: [/^portal\//, NODE] },
  { of: /^cli\/setup\//, may: [/^cli\/setup\//, SHARED, NODE, SDK, /^docs\/policies\//] },
  {
    of: /^cli\//,
    may: [
      /^cli\//,
      /^portal\/(core\/|policy\.ts$|page$)/,
      /^functions\/[^/]+\/invoke\.ts$/,
      SHARED,
      /^local-cloud\/cli\//,
      /^package\.json$/,
      NODE,
      PURE_PACKAGE,
      SDK,
      /^(portal:page|commander|cli-progress|cli-table3|picocolors|@inquirer\/(confirm|input))$/,
    ],
  },
  { of: /^local-cloud\/test\//, may: [/./], mayNot: [/^(functions|shared|portal)\//] },
  { of: /^local-cloud\//, may: [/^local-cloud\//, NODE], mayNot: [/^local-cloud\/test\//] },
];

/** The imports that the rules do not allow, as `from → to`. */
export function violations(imports: readonly Import[]): string[] {
  return imports.filter(isWrong).map(({ from, to }) => `${from} → ${to}`);
}

function isWrong({ from, to }: Import): boolean {
  const rule = RULES.find(({ of }) => of.test(from));
  if (!rule) return true;
  const isNeighbour = ROOMS.test(from) && to.startsWith(`${from.split('/', 3).join('/')}/`);
  const isAllowed = isNeighbour || rule.may.some((pattern) => pattern.test(to));
  return !isAllowed || (rule.mayNot ?? []).some((pattern) => pattern.test(to));
}
