import { environment } from '../../shared/config.ts';
import { enter } from './enter.ts';

/** Function Compute calls this: https://help.aliyun.com/document_detail/2512964.html */
export async function handler(event: unknown, context: unknown): Promise<unknown> {
  return enter(event, context, { variables: environment() });
}
