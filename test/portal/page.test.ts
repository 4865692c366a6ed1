import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { enter } from '../../functions/detach-key-pair/invoke.ts';
import { recordOf } from '../../shared/record.ts';
import { fcContext, httpEvent } from '../support/events.ts';

async function get(path: string, variables: Record<string, string> = {}, query = {}) {
  const event = Buffer.from(JSON.stringify(httpEvent({ method: 'GET', path, query })));
  const answer = recordOf(await enter(event, fcContext(), { variables, write: () => undefined }));
  return { status: answer['statusCode'], headers: recordOf(answer['headers']), body: String(answer['body']) };
}

function hashesOf(html: string, tag: string): string[] {
  const contents = [...html.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'gs'))].map(([, content = '']) => content);
  return contents.map((content) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`);
}

describe('GET /', () => {
  it.each(['/', '/2016-08-15/proxy/service/function/'])('answers %s with the page', async (path) => {
    const { status, headers, body } = await get(path);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    expect(body).toMatch(/^<!doctype html>/);
  });

  it('is not for a path without the slash', async () => {
    const { status, body } = await get('/portal');
    expect(status).toBe(404);
    expect(body).toContain('GET /, /healthz or /openapi.json');
  });

  it('leaves the call of an old ECS client alone', async () => {
    const { headers } = await get('/', {}, { Action: 'DetachKeyPair' });
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('allows by hash the one script and the one style sheet that it holds, and nothing else', async () => {
    const { headers, body } = await get('/');
    const policy = String(headers['content-security-policy']);
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${hashesOf(body, 'script').join(' ')}`,
      `style-src ${hashesOf(body, 'style').join(' ')}`,
      "connect-src 'self'",
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
      "frame-ancestors 'none'",
    ]);
  });

  it('carries a policy for a saved copy, in which any function that is reached over https may be named', async () => {
    const { body } = await get('/');
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(body)?.[1] ?? '';
    expect(policy).toContain("connect-src 'self' https: http://127.0.0.1:* http://localhost:*;");
    expect(policy).toContain(`script-src ${hashesOf(body, 'script').join(' ')}`);
    expect(policy).not.toContain('frame-ancestors');
  });

  it('needs nothing from anywhere, and stays small', async () => {
    const { body } = await get('/');
    expect(Buffer.byteLength(body)).toBeLessThan(112_000);
    expect(gzipSync(body).length).toBeLessThan(41_500);
    expect(body).not.toMatch(/<(link|script|img|iframe)[^>]+(href|src)="(?!data:)/);
    expect(body).not.toMatch(/\s(on\w+|style)="/);
    expect(body).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write|\beval\(/);
  });
});
