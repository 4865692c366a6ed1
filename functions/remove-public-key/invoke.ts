import type { SetupOptions } from '../../shared/fc/setup.ts';
import { type MessageFunction, workOff } from '../../shared/fc/work-off.ts';
import { answerOf, countActions, isFailure } from '../../shared/messages/answer.ts';
import type { RemovalMessage } from '../../shared/messages/removal-message.ts';
import { isRemovalMessage } from '../../shared/messages/removal-message.validator.ts';
import { taskSection } from '../../shared/messages/task-section.ts';
import { ECS_ACTIONS } from './ecs-actions.ts';
import { handle } from './handle-message.ts';

/** One delivery of one message → the answer; thrown when the key may still be on any of its instances. */
export function enter(event: unknown, context: unknown, options: SetupOptions): Promise<unknown> {
  const work: MessageFunction<RemovalMessage>['work'] = async (message, ready) => {
    const { outcomes, restarts } = await handle(message, ready);
    const { RegionId: regionId, KeyPairName: keyPairName, SourceRequestId: sourceRequestId } = message;
    const notQueued = (restarts ?? []).some(({ submitted }) => submitted.status === 'Failed');
    return {
      answer: { ...answerOf(ready.requestId, outcomes), ...(restarts && { Reboot: taskSection(restarts) }) },
      isFailed: notQueued || outcomes.some(isFailure),
      logged: { sourceRequestId, regionId, keyPairName, actions: countActions(outcomes) },
    };
  };
  return workOff(
    event,
    context,
    { ecsActions: ECS_ACTIONS, ...options },
    {
      what: 'removal',
      failure: 'RemovalFailure',
      isMessage: isRemovalMessage,
      work,
    },
  );
}
