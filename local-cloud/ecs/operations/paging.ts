import { refusals } from '../errors.ts';
import type { Parameters } from '../parameters.ts';

export function pageNumbers(parameters: Parameters, maxPageSize: number): { number: number; size: number } {
  const number = parameters.count('PageNumber') ?? 1;
  const size = parameters.count('PageSize') ?? 10;
  if (number < 1) throw refusals.parameter('PageNumber');
  if (size < 1 || size > maxPageSize) throw refusals.parameter('PageSize');
  return { number, size };
}

export function slicePage<T>(items: readonly T[], { number, size }: { number: number; size: number }): T[] {
  return items.slice((number - 1) * size, number * size);
}

/** An opaque token for "what comes after this ordinal". */
export function encodeToken(ordinal: number): string {
  return Buffer.from(`after:${ordinal}`).toString('base64url');
}

export function decodeToken(token: string): number {
  const ordinal = /^after:(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  if (ordinal === undefined) throw refusals.parameter('NextToken');
  return Number(ordinal);
}
