import { afterAll, describe, expect, it } from 'vitest';
import { createStage } from './play.ts';
import { type Schedule, scheduleOf } from './schedule.ts';
import { expectTruths } from './truths.ts';

const stage = createStage('r');
afterAll(() => stage.close());

async function codesOf(schedule: Partial<Schedule>) {
  const play = await stage.play(scheduleOf(schedule));
  expectTruths(play);
  return play.answered.codes;
}

const blamed = { kind: 'refused', status: 400, code: 'InvalidInstanceIds.ValueNotSupported', applied: false } as const;

/** What random schedules have found, shrunk. */
describe('found by fault schedules', () => {
  it('looks before it calls failed, inside a 200, what an answer left out and may have detached', async () => {
    const codes = await codesOf({
      switches: { notBound: 'item' },
      detachFaults: [{ kind: 'omitted item', at: 0, all: true }],
    });
    expect(codes).toEqual({ 200: 1 });
  });

  it('looks before it calls failed, inside a 200, what a call without an answer may have detached', async () => {
    const codes = await codesOf({
      switches: { notBound: 'item' },
      detachFaults: [{ kind: 'refused', status: 500, code: 'InternalError', applied: true }],
    });
    expect(codes).toEqual({ 200: 1 });
  });

  it('says that it does not know where it may not look', async () => {
    const codes = await codesOf({
      switches: { notBound: 'item' },
      describing: 'forbidden',
      detachFaults: [{ kind: 'omitted item', at: 0, all: true }],
    });
    expect(codes).toEqual({ OutcomeUnknown: 1 });
  });

  it('still doubts a call without an answer when an item is then refused for the moment', async () => {
    const codes = await codesOf({
      detachFaults: [{ kind: 'reset', applied: true }],
      forEver: { kind: 'failed item', at: 0, all: true, code: 'InvalidOperation.Conflict' },
    });
    expect(codes).toEqual({ 200: 1 });
  });

  it('doubts an item that has failed with an internal error', async () => {
    const codes = await codesOf({ forEver: { kind: 'broken item', at: 0 } });
    expect(codes).toEqual({ 200: 1 });
  });

  it.each(['{"Instances":{}}', '{"Instances":{"Instance":[{}]}}'])(
    'does not read an answer without instances as one that shows none: %s',
    async (body) => {
      const describeFaults = [{ kind: 'raw', body, status: 200, applied: false } as const];
      expect(await codesOf({ filter: true, describeFaults })).toEqual({ 200: 1 });
    },
  );

  it('keeps its doubts about the fourth of a kind when three alone have been refused', async () => {
    const codes = await codesOf({
      fleet: ['ordinary', 'ordinary', 'ordinary', 'ordinary'],
      switches: { notBound: 'refuse' },
      describing: 'empty',
      detachFaults: [{ kind: 'empty', applied: true }],
    });
    expect(codes).toEqual({ OutcomeUnknown: 4 });
  });

  it.each([
    { kind: 'empty', applied: false },
    { kind: 'proto', applied: false },
    { kind: 'raw', body: '<html>Sign in</html>', status: 200, applied: false },
  ] as const)('does not take the 200 of somebody on the way for a task in the queue: $kind', async (fault) => {
    expect(await codesOf({ reboot: true, enqueueFaults: [fault] })).toEqual({ 200: 1 });
  });

  it('doubts a call whose nonce somebody has used up: it was sent twice on the way', async () => {
    const codes = await codesOf({
      fleet: ['ordinary', 'ordinary'],
      describing: 'forbidden',
      detachFaults: [blamed, { kind: 'refused', status: 400, code: 'SignatureNonceUsed', applied: true }, blamed],
    });
    expect(codes).toEqual({ 200: 1, OutcomeUnknown: 1 });
  });
});
