import type { SetupOptions } from '../../shared/fc/setup.ts';
import { type MessageFunction, workOff } from '../../shared/fc/work-off.ts';
import { answerOf, countActions, isFailure } from '../../shared/messages/answer.ts';
import type { RebootMessage } from '../../shared/messages/reboot-message.ts';
import { isRebootMessage } from '../../shared/messages/reboot-message.validator.ts';
import { ECS_ACTIONS } from './ecs-actions.ts';
import { handle } from './handle-message.ts';
import { haltSection } from './watch/halt.ts';

/** One delivery of one message → the answer; thrown when anything is left that has to be seen to. */
export function enter(event: unknown, context: unknown, options: SetupOptions): Promise<unknown> {
  const work: MessageFunction<RebootMessage>['work'] = async (message, ready) => {
    const { outcomes, halt } = await handle(message, ready);
    const isFailed = halt !== undefined || outcomes.some(isFailure);
    const { RegionId: regionId, KeyPairName: keyPairName, SourceRequestId: sourceRequestId } = message;
    const actions = countActions(outcomes);
    const logged = { sourceRequestId, regionId, keyPairName, actions, unfinished: isFailed };
    return { answer: { ...answerOf(ready.requestId, outcomes), ...(halt && haltSection(halt)) }, isFailed, logged };
  };
  return workOff(
    event,
    context,
    { ecsActions: ECS_ACTIONS, ...options },
    {
      what: 'reboot',
      failure: 'RebootFailure',
      isMessage: isRebootMessage,
      work,
    },
  );
}
