import { randomUUID } from 'node:crypto';
import type { Answer } from './answer.ts';
import { ApiError } from './api-error.ts';

/** Answers in the shape that RPC-style services share. */
export class RpcAnswers {
  readonly #product: string;
  readonly #host: string;
  readonly #now: () => number;

  /** `now`: the service's clock, which its answers tell. */
  constructor(product: string, host: string, now: () => number) {
    this.#product = product;
    this.#host = host;
    this.#now = now;
  }

  success(fields: unknown): Answer {
    const requestId = newRequestId();
    const body = isRecord(fields) ? { RequestId: requestId, ...fields } : fields;
    return { status: 200, headers: this.#headers(requestId), body: JSON.stringify(body) ?? '' };
  }

  /** The answer for what a service threw; anything but a refusal is a fault of ours and thrown on. */
  refusalOf(error: unknown): Answer {
    if (error instanceof ApiError) return this.refusal(error);
    throw error;
  }

  refusal({
    status,
    code,
    message,
    headers: extra,
  }: Pick<ApiError, 'status' | 'code' | 'message' | 'headers'>): Answer {
    const requestId = newRequestId();
    const query = `q=${encodeURIComponent(code)}&product=${this.#product}&requestId=${requestId}`;
    const body = JSON.stringify({
      RequestId: requestId,
      Message: message,
      Recommend: `https://api.aliyun.com/troubleshoot?${query}`,
      HostId: this.#host,
      Code: code,
    });
    return { status, code, headers: { ...this.#headers(requestId), ...extra }, body };
  }

  #headers(requestId: string): Record<string, string> {
    return {
      'content-type': 'application/json;charset=utf-8',
      date: new Date(this.#now()).toUTCString(),
      'x-acs-request-id': requestId,
    };
  }
}

function newRequestId(): string {
  return randomUUID().toUpperCase();
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
