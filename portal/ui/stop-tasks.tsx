import type { VNode } from 'preact';
import { useApp } from './app-context.ts';
import { Button, Notice, RefusalNotice } from './parts.tsx';

/** What waits in the queue whatever this page does, and the button that takes it out. */
export function StopTasks(): VNode | null {
  const { state, text, commands } = useApp();
  const progress = commands.progress();
  const stop = state.following?.stop;
  if (!progress) return null;
  const queued = progress.waves.filter(({ phase }) => phase === 'waits' || phase === 'runs');
  const next = queued.flatMap(({ phase, due }) => (phase === 'waits' && due !== undefined ? [due] : []));
  const instances = queued.reduce((sum, { total, done }) => sum + total - done, 0);
  return (
    <>
      {queued.length > 0 && (
        <p>
          <strong>{text.queued(instances, queued.length)}</strong>{' '}
          {next.length > 0 && text.nextDue(text.format.moment(Math.min(...next)))}
        </p>
      )}
      {progress.stoppable.length > 0 && (
        <div class="actions">
          <Button kind="danger" isDisabled={stop === 'asked'} onClick={() => void commands.stopTasks()}>
            {text.stopTasks(progress.stoppable.length)}
          </Button>
          <p class="hint">{text.stopTasksHint}</p>
        </div>
      )}
      {typeof stop === 'object' &&
        (stop.kind === 'answer' ? (
          <Notice kind="plain" title={text.stopsTitle}>
            <p>
              {text.stops(
                ...(['Stopped', 'Running', 'Finished', 'Unknown'] as const).map(
                  (name) => stop.stops?.filter(({ status }) => status === name).length ?? 0,
                ),
              )}
            </p>
          </Notice>
        ) : (
          <RefusalNotice reply={stop} />
        ))}
    </>
  );
}
