import type { VNode } from 'preact';
import type { Wave } from '../core/restarts.ts';
import { areaPath, timelineOf } from '../core/timeline.ts';
import { useApp } from './app-context.ts';

const WIDTH = 600;
const HEIGHT = 72;

type Props = { readonly waves: readonly Wave[]; readonly restartSeconds: number; readonly from: number | undefined };

/** How many instances are down when, and the most at the same time. */
export function TimelineFigure({ waves, restartSeconds, from }: Props): VNode {
  const { text } = useApp();
  const { count, duration, moment } = text.format;
  const timeline = timelineOf(waves, restartSeconds);
  return (
    <figure class="timeline">
      <figcaption>
        <strong>{text.downAtOnce(timeline.peak)}</strong>
        {` · ${text.wavesLast(waves.length, waves.at(-1)?.startsAt ?? 0)} · ${text.allUp(timeline.seconds)}`}
      </figcaption>
      <div class="plot">
        <span class="axis peak">{count(timeline.peak)}</span>
        <span class="axis">0</span>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          <path class="area" d={areaPath(timeline, WIDTH, HEIGHT)} />
        </svg>
      </div>
      <div class="times">
        <span>{from === undefined || from < Date.now() ? text.now : moment(from)}</span>
        <span>+ {duration(timeline.seconds / 2)}</span>
        <span>+ {duration(timeline.seconds)}</span>
      </div>
    </figure>
  );
}
