import { count, duration } from '../core/pace.ts';
import { areaPath, timelineOf } from '../core/timeline.ts';
import { h, svg } from './dom.ts';

const WIDTH = 600;
const HEIGHT = 72;
/** How many instances are down when, and the most at the same time. */
export function timelineFigure(waves, restartSeconds) {
  const timeline = timelineOf(waves, restartSeconds);
  const last = waves.at(-1)?.startsAt ?? 0;
  const said = [
    `${count(timeline.peak)} down at once`,
    waves.length === 1
      ? 'one wave'
      : `${count(waves.length)} waves, the last one ${last === 0 ? 'with the first' : `${duration(last)} after the first`}`,
    `all up after about ${duration(timeline.seconds)}`,
  ];
  const drawing = svg(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    svg('path', { class: 'area', d: areaPath(timeline, WIDTH, HEIGHT) }),
  );
  return h(
    'figure',
    { class: 'timeline' },
    h('figcaption', {}, h('strong', {}, said[0]), ` · ${said[1]} · ${said[2]}`),
    h(
      'div',
      { class: 'plot' },
      h('span', { class: 'axis peak' }, count(timeline.peak)),
      h('span', { class: 'axis' }, '0'),
      drawing,
    ),
    h(
      'div',
      { class: 'times' },
      h('span', {}, 'now'),
      h('span', {}, duration(timeline.seconds / 2)),
      h('span', {}, duration(timeline.seconds)),
    ),
  );
}
