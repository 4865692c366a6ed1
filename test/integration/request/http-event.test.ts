import { describe, expect, it } from 'vitest';
import { readHttpEvent } from '../../../functions/detach-key-pair/http/http-request.ts';

const event = (more: object = {}) => ({ requestContext: { http: { method: 'post' } }, ...more });

describe('the event of an HTTP trigger', () => {
  it('is read where next to nothing is in it', () => {
    expect(readHttpEvent(event())).toEqual({
      method: 'POST',
      path: '/',
      query: {},
      headers: {},
      body: '',
      isBase64Encoded: false,
      sourceIp: '',
      userAgent: '',
      host: '',
    });
  });

  it.each([{ body: null }, { body: '' }, {}])('has no body when it holds %j', (more) => {
    expect(readHttpEvent(event(more))?.body).toBe('');
  });

  it('takes what one place lacks from another', () => {
    const read = readHttpEvent({
      rawPath: '/raw',
      headers: { 'USER-AGENT': 'from the header', odd: 7 },
      requestContext: { domainName: 'domain.example.com', http: { method: 'GET' } },
    });
    expect(read).toMatchObject({
      path: '/raw',
      userAgent: 'from the header',
      host: 'domain.example.com',
      headers: { 'user-agent': 'from the header' },
    });
  });

  it('is no such event without a method', () => {
    expect(readHttpEvent({ requestContext: {} })).toBeUndefined();
  });
});
