import { describe, expect, it } from 'vitest';
import { Clock } from '../clock.ts';

describe('the clock', () => {
  it('starts at the real time', () => {
    expect(Math.abs(new Clock().now() - Date.now())).toBeLessThan(1000);
  });

  it('runs faster when told to', async () => {
    const clock = new Clock({ speed: 1000 });
    const start = clock.now();
    await new Promise<void>((resolve) => clock.at(start + 20_000, resolve));
    expect(clock.now() - start).toBeGreaterThanOrEqual(20_000);
  });

  it('runs what falls due when it jumps, in order', () => {
    const clock = new Clock();
    const rung: string[] = [];
    clock.at(clock.now() + 20_000, () => rung.push('second'));
    clock.at(clock.now() + 10_000, () => rung.push('first'));
    clock.at(clock.now() + 90_000, () => rung.push('never'));
    const callOff = clock.at(clock.now() + 15_000, () => rung.push('called off'));
    callOff();
    clock.advance(30_000);
    expect(rung).toEqual(['first', 'second']);
    expect(clock.next()).toBeGreaterThan(clock.now());
    clock.stop();
    expect(clock.next()).toBeUndefined();
    clock.at(clock.now(), () => rung.push('after the end'));
    expect(clock.next()).toBeUndefined();
  });

  it('refuses to stand still', () => {
    expect(() => new Clock({ speed: 0 })).toThrow(RangeError);
  });
});
