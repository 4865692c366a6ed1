import { isRecord, recordOf, textOf, type UnknownRecord } from '../../shared/record.ts';

/** What one instance's item says. */
export type Item = { readonly id: string; readonly ok: boolean; readonly code: string; readonly message: string };

/** One wave of restarts, as it was queued. */
export type Task = {
  readonly ids: readonly string[];
  readonly delaySeconds: number;
  readonly status: string;
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
};

/** No answer came, or none that this page may read. */
export type Silence = { readonly kind: 'silence'; readonly url: string; readonly message: string };

export type Reply = Answer | Refusal | Silence;

export type Received = {
  readonly status: number;
  readonly requestId: string;
  readonly date: string | null;
  readonly text: string;
};

/** Status and body as they came → what they say, in the words of the service. */
export function readReply({ status, requestId, date, text }: Received): Reply {
  const body = parsed(text);
  const results = recordOf(body?.['Results'])['Result'];
  if (status === 200 && Array.isArray(results)) {
    return {
      kind: 'answer',
      at: timeOf(date),
      requestId: textOf(body?.['RequestId']) ?? requestId,
      items: results.map(recordOf).map(readItem),
      isTruncated: body?.['ResultsTruncated'] === 'true',
      tasks: listOf(recordOf(body?.['Reboot'])['Tasks']).map(recordOf).map(readTask),
    };
  }
  const isTheFunctions = body?.['HostId'] !== undefined;
  return {
    kind: 'refusal',
    status,
    code: textOf(body?.['Code']) ?? '',
    message: textOf(body?.['Message']) ?? excerpt(text),
    requestId: textOf(body?.['RequestId']) ?? requestId,
    isOfEachInstance: body?.['TotalCount'] !== undefined,
    asksForToken: (status === 401 || status === 403) && !isTheFunctions,
  };
}

/** The end of the second that the header names: whatever the answer tells of was over by then. */
function timeOf(date: string | null): number | undefined {
  const second = Date.parse(date ?? '');
  return Number.isNaN(second) ? undefined : second + 999;
}

function readItem(item: UnknownRecord): Item {
  return {
    id: String(item['InstanceId']),
    ok: item['Success'] === 'true',
    code: String(item['Code']),
    message: String(item['Message']),
  };
}

function readTask(task: UnknownRecord): Task {
  return {
    ids: listOf(task['InstanceIds']).map(String),
    delaySeconds: Number(task['DelaySeconds'] ?? 0),
    status: String(task['Status']),
    code: textOf(task['Code']) ?? '',
    message: textOf(task['Message']) ?? '',
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function parsed(text: string): UnknownRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The beginning of a page that was made for people: without its tags, it says what happened. */
function excerpt(text: string): string {
  const words = text
    .slice(0, 10_000)
    .replace(/<(style|script)\b.*?<\/\1>/gis, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (words === '') return 'The answer is empty.';
  return words.length > 200 ? `${words.slice(0, 200)}…` : words;
}
