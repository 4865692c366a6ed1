import { jsonOf, recordOf, textOf, type UnknownRecord } from '../../shared/record.ts';
import type { Tag } from './target.ts';

/** What one instance's item says. Where it is and what it is called, as far as the answer says so. */
export type Item = {
  readonly id: string;
  readonly ok: boolean;
  readonly code: string;
  readonly message: string;
} & Partial<About>;

export type About = {
  readonly regionId: string;
  readonly roleArn: string;
  readonly keyPairName: string;
  /** Another key pair, that it has instead. */
  readonly bound: string;
  /** Whether the agent of Cloud Assistant answers. */
  readonly agent: string;
  readonly name: string;
  readonly status: string;
  readonly zoneId: string;
  readonly privateIp: string;
  readonly publicIp: string;
  readonly tags: readonly Tag[];
};

/** What was queued for some instances: one wave of restarts, or one removal. */
export type Task = {
  readonly taskId?: string | undefined;
  readonly ids: readonly string[];
  readonly delaySeconds: number;
  readonly status: string;
  readonly code: string;
  readonly message: string;
};

/** An account and a region, and whether it could be read: then `code` is 200. */
export type PlaceReport = {
  readonly regionId: string;
  readonly roleArn: string;
  readonly keyPairNames: readonly string[];
  readonly total: number;
  readonly failed: number;
  readonly code: string;
  readonly message: string;
};

export type Answer = {
  readonly kind: 'answer';
  /** When it was given, by the clock of the service; undefined where that cannot be read. */
  readonly at: number | undefined;
  readonly requestId: string;
  readonly items: readonly Item[];
  readonly isTruncated: boolean;
  readonly tasks: readonly Task[];
  /** Of keys out of running instances. */
  readonly removals?: readonly Task[];
  readonly places?: readonly PlaceReport[];
  /** Of a request that stops tasks: what became of each. */
  readonly stops?: readonly Task[];
};

export type Refusal = {
  readonly kind: 'refusal';
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
  /** The request was carried out, and every instance of it failed with this. */
  readonly isOfEachInstance: boolean;
  /** It came from what stands before the function, or the function asks who is there. */
  readonly asksForToken: boolean;
  readonly places?: readonly PlaceReport[];
};

/** No answer came, or none that this page may read. */
export type Silence = { readonly kind: 'silence'; readonly url: string; readonly message: string };

export type Reply = Answer | Refusal | Silence;

/** Whether another token may help. */
export function asksForToken(reply: Reply): boolean {
  return reply.kind === 'refusal' && reply.asksForToken;
}

export type Received = {
  readonly status: number;
  readonly requestId: string;
  readonly date: string | null;
  readonly text: string;
};

/** Status and body as they came → what they say, in the words of the service. */
export function readReply({ status, requestId, date, text }: Received): Reply {
  const body = recordOf(jsonOf(text));
  const results = recordOf(body['Results'])['Result'];
  const stops = body['Tasks'];
  const places = optional('places', recordsOf(body['Places']).map(readPlace));
  if (status === 200 && (Array.isArray(results) || Array.isArray(stops))) {
    return {
      kind: 'answer',
      at: timeOf(date),
      requestId: textOf(body['RequestId']) ?? requestId,
      items: recordsOf(results).map(readItem),
      isTruncated: body['ResultsTruncated'] === 'true',
      tasks: tasksOf(body['Reboot']),
      ...optional('removals', tasksOf(body['Online'])),
      ...places,
      ...optional('stops', recordsOf(stops).map(readTask)),
    };
  }
  const isTheFunctions = body['HostId'] !== undefined;
  return {
    kind: 'refusal',
    status,
    code: textOf(body['Code']) ?? '',
    message: textOf(body['Message']) ?? excerpt(text),
    requestId: textOf(body['RequestId']) ?? requestId,
    isOfEachInstance: body['TotalCount'] !== undefined,
    asksForToken: (status === 401 || status === 403) && !isTheFunctions,
    ...places,
  };
}

/** The end of the second that the header names: whatever the answer tells of was over by then. */
function timeOf(date: string | null): number | undefined {
  const second = Date.parse(date ?? '');
  return Number.isNaN(second) ? undefined : second + 999;
}

const ABOUT = {
  regionId: 'RegionId',
  roleArn: 'RoleArn',
  keyPairName: 'KeyPairName',
  bound: 'BoundKeyPairName',
  agent: 'Online',
  name: 'InstanceName',
  status: 'Status',
  zoneId: 'ZoneId',
  privateIp: 'PrivateIp',
  publicIp: 'PublicIp',
} as const;

function readItem(item: UnknownRecord): Item {
  const about: [string, string][] = [];
  for (const [name, field] of Object.entries(ABOUT)) {
    const text = textOf(item[field]);
    if (text) about.push([name, text]);
  }
  return {
    id: String(item['InstanceId']),
    ok: item['Success'] === 'true',
    code: String(item['Code']),
    message: String(item['Message']),
    ...Object.fromEntries(about),
    ...optional(
      'tags',
      recordsOf(item['Tags']).map((tag) => ({ key: String(tag['Key']), value: String(tag['Value']) })),
    ),
  };
}

function tasksOf(section: unknown): Task[] {
  return recordsOf(recordOf(section)['Tasks']).map(readTask);
}

function readTask(task: UnknownRecord): Task {
  return {
    taskId: textOf(task['TaskId']),
    ids: listOf(task['InstanceIds']).map(String),
    delaySeconds: Number(task['DelaySeconds'] ?? 0),
    status: String(task['Status']),
    code: textOf(task['Code']) ?? '',
    message: textOf(task['Message']) ?? '',
  };
}

function readPlace(place: UnknownRecord): PlaceReport {
  return {
    regionId: textOf(place['RegionId']) ?? '',
    roleArn: textOf(place['RoleArn']) ?? '',
    keyPairNames: listOf(place['KeyPairNames']).map(String),
    total: Number(place['TotalCount'] ?? 0),
    failed: Number(place['FailCount'] ?? 0),
    code: String(place['Code']),
    message: textOf(place['Message']) ?? '',
  };
}

function optional<Name extends string, Value>(
  name: Name,
  list: readonly Value[],
): { [name in Name]?: readonly Value[] };
function optional(name: string, list: readonly unknown[]) {
  return list.length === 0 ? {} : { [name]: list };
}

function recordsOf(value: unknown): UnknownRecord[] {
  return listOf(value).map(recordOf);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The beginning of a page that was made for people: without its tags, it says what happened. */
function excerpt(text: string): string {
  const words = text
    .slice(0, 10_000)
    .replace(/<(style|script)\b.*?<\/\1>/gis, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return words.length > 200 ? `${words.slice(0, 200)}…` : words;
}
