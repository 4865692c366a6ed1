import type { EcsCall } from '../../local-cloud/ecs/calls.ts';
import type { Fault } from '../../local-cloud/ecs/state.ts';
import type { HttpFault } from '../../local-cloud/http/fault.ts';
import type { CallFault } from './schedule.ts';

const STRANGER = 'i-stranger0001';

/** A fault of a schedule in the local cloud's words, for a call about these instances. */
export function ecsFault(fault: CallFault, { instanceIds }: Pick<EcsCall, 'instanceIds'>): Fault | undefined {
  const chosen = (at: number) =>
    instanceIds[Math.min(instanceIds.length - 1, Math.floor(at * instanceIds.length))] ?? '';
  const which = ({ at, all }: { at: number; all: boolean }) => (all ? 'all' : [chosen(at)]);
  switch (fault.kind) {
    case 'failed item':
      return { kind: 'items', fail: { which: which(fault), code: fault.code } };
    case 'broken item':
      return { kind: 'items', rewrite: (body) => broken(body, chosen(fault.at)) };
    case 'item without a code':
      return { kind: 'items', rewrite: (body) => brokenReboot(body, chosen(fault.at), {}) };
    case 'omitted item':
      return { kind: 'items', omit: which(fault), failCount: 'absent' };
    case 'forgotten item':
      return { kind: 'items', forget: which(fault), ...(!fault.failCount && { failCount: 'absent' }) };
    case 'strangers':
      return { kind: 'items', strangers: [STRANGER] };
    case 'doubled item':
      return { kind: 'items', rewrite: (body) => doubled(body, chosen(fault.at), fault.contradicting) };
    default:
      return httpFault(fault);
  }
}

/** What any service may do to a call. Faults of items mean nothing here. */
export function httpFault(fault: CallFault): HttpFault | undefined {
  switch (fault.kind) {
    case 'throttled': {
      const headers = fault.hintMs === undefined ? {} : { 'x-acs-retry-after': String(fault.hintMs) };
      return { kind: 'answer', status: fault.status, code: 'Throttling.User', headers };
    }
    case 'refused':
      return { kind: 'answer', status: fault.status, code: fault.code, applied: fault.applied };
    case 'topLevelCode':
      return { kind: 'topLevelCode', code: 'Odd', applied: fault.applied };
    case 'reset':
    case 'hang':
    case 'html':
    case 'empty':
    case 'proto':
      return { kind: fault.kind, applied: fault.applied };
    case 'sign-in page':
      return { kind: 'html', status: 200, applied: fault.applied };
    case 'truncated':
      return { kind: 'truncated' };
    case 'drip':
      return { kind: 'drip', everyMs: fault.everyMs, bytes: fault.bytes };
    case 'slow':
      return { kind: 'latency', latencyMs: fault.ms };
    case 'raw':
      return { kind: 'raw', body: fault.body, status: fault.status, applied: fault.applied };
    default:
      return undefined;
  }
}

type Body = Record<string, unknown>;

function broken(body: Body, instanceId: string): Body {
  const why = { Code: 'InternalError', Message: 'It broke.' };
  if ('InstanceResponses' in body) return brokenReboot(body, instanceId, why);
  const failed = { InstanceId: instanceId, Success: false, ...why };
  const others = itemsOf(body).filter((item) => item['InstanceId'] !== instanceId);
  const failures = [...others, failed].filter((item) => String(item['Success']) === 'false').length;
  return { ...body, FailCount: failures, Results: { Result: [...others, failed] } };
}

function brokenReboot(body: Body, instanceId: string, why: Body): Body {
  const { InstanceResponses } = body;
  const items = isBody(InstanceResponses) ? InstanceResponses['InstanceResponse'] : undefined;
  const failed = { InstanceId: instanceId, ...why };
  const others = (Array.isArray(items) ? items.filter(isBody) : []).filter((item) => item['InstanceId'] !== instanceId);
  return { ...body, InstanceResponses: { InstanceResponse: [...others, failed] } };
}

function doubled(body: Body, instanceId: string, contradicting: boolean): Body {
  const items = itemsOf(body);
  const again = items
    .filter((item) => item['InstanceId'] === instanceId)
    .map((item) => (contradicting ? { ...item, Success: String(item['Success']) !== 'true', Code: 'Odd' } : item));
  return { ...body, Results: { Result: [...items, ...again] } };
}

function itemsOf({ Results }: Body): Body[] {
  const items = isBody(Results) ? Results['Result'] : undefined;
  return Array.isArray(items) ? items.filter(isBody) : [];
}

function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
