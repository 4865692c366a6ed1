import { isRecord, recordOf, textOf } from '../../shared/record.ts';
/** Status and body as they came → what they say, in the words of whoever answered. */
export function readReply({ status, requestId, date, text }) {
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
function timeOf(date) {
  const second = Date.parse(date ?? '');
  return Number.isNaN(second) ? undefined : second + 999;
}
function readItem(item) {
  return {
    id: String(item['InstanceId']),
    ok: item['Success'] === 'true',
    code: String(item['Code']),
    message: String(item['Message']),
  };
}
function readTask(task) {
  return {
    ids: listOf(task['InstanceIds']).map(String),
    delaySeconds: Number(task['DelaySeconds']),
    status: String(task['Status']),
    code: textOf(task['Code']) ?? '',
    message: textOf(task['Message']) ?? '',
  };
}
function listOf(value) {
  return Array.isArray(value) ? value : [];
}
function parsed(text) {
  try {
    const value = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
/** The beginning of a page that was made for people: without its tags, it says what happened. */
function excerpt(text) {
  const words = text
    .slice(0, 10000)
    .replace(/<(style|script)\b.*?<\/\1>/gis, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (words === '') return 'The answer is empty.';
  return words.length > 200 ? `${words.slice(0, 200)}…` : words;
}
