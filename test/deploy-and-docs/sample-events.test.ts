import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readEventRequest } from '../../functions/detach-key-pair/event/event-source.ts';
import { readFields } from '../../functions/detach-key-pair/http/fields.ts';
import { readHttpEvent } from '../../functions/detach-key-pair/http/http-request.ts';
import { openBody } from '../../functions/detach-key-pair/http/read-body.ts';
import { parseRequest } from '../../functions/detach-key-pair/request/parse-request.ts';
import { loadConfig } from '../../shared/config/config.ts';
import { isRebootMessage } from '../../shared/messages/reboot-message.validator.ts';
import { recordOf, type UnknownRecord } from '../../shared/record.ts';

function sample(name: string): unknown {
  return JSON.parse(readFileSync(`test/deploy-and-docs/events/${name}.json`, 'utf8'));
}

const both = ['i-bp1d6tsvznfghy7y0001', 'i-bp1d6tsvznfghy7y0002'];

function request(fields: UnknownRecord) {
  return parseRequest(fields, loadConfig({}));
}

describe('a sample event is what its name says', () => {
  test.each([
    ['cloudevent', 'cloudevent', 'example.secret-scanner c2g71017-6f65-4fcf-a814-a396fc8d5a11'],
    ['mns-topic-json', 'mns', '2F5B3C281B283D4EAC694B7425288675'],
    ['direct', 'invocation', undefined],
  ])('%s', (name, source, token) => {
    const read = readEventRequest(sample(name));
    expect(read).toMatchObject({ caller: { source }, token });
    expect(request(read.fields).target).toEqual({ kind: 'ids', instanceIds: both });
  });

  test('timer', () => {
    const read = readEventRequest(sample('timer'));
    expect(read).toMatchObject({ caller: { source: 'timer' }, token: 'nightly 2026-11-24T18:00:00Z' });
    expect(request(read.fields).target).toEqual({ kind: 'filter', tags: [] });
  });

  test('cloudevents-stream', () => {
    const stream = sample('cloudevents-stream');
    const events = Array.isArray(stream) ? stream : [];
    const targets = events.map((text) => request(readEventRequest(JSON.parse(text)).fields).target);
    expect(targets).toEqual(both.map((id) => ({ kind: 'ids', instanceIds: [id] })));
    expect(new Set(events.map((text) => readEventRequest(JSON.parse(text)).token)).size).toBe(2);
  });

  test('http', () => {
    const http = readHttpEvent(recordOf(sample('http')));
    expect(http).toMatchObject({ method: 'POST', sourceIp: '203.0.113.5' });
    expect(http && request(readFields(http, openBody(http))).target).toEqual({ kind: 'ids', instanceIds: both });
    expect(http?.headers['content-length']).toBe(String(Buffer.byteLength(http?.body ?? '')));
  });

  test('reboot-message', () => {
    expect(isRebootMessage(sample('reboot-message'))).toBe(true);
  });

  test('there are no others', () => {
    const names = readdirSync('test/deploy-and-docs/events').filter((name) => name.endsWith('.json'));
    expect(names.sort()).toEqual(
      ['cloudevent', 'cloudevents-stream', 'direct', 'http', 'mns-topic-json', 'reboot-message', 'timer'].map(
        (name) => `${name}.json`,
      ),
    );
  });
});
