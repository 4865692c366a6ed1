import { TASK_ID } from '../../../shared/fc/task-id.ts';
import { STOP_BATCH } from '../../../shared/messages/fields.ts';
import { detachRequestSchema } from '../request/schema.ts';

/** A request of its own: restarts, removals and completions of earlier answers are taken out of the queue. */
export const stopRequestSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['StopTasks'],
  properties: {
    StopTasks: {
      type: 'array',
      minItems: 1,
      maxItems: STOP_BATCH,
      items: { type: 'string', maxLength: 128, pattern: TASK_ID },
      description: 'Ids of tasks as answers give them: those that wait are taken out of the queue. Alone in a request.',
    },
    ClientToken: detachRequestSchema.properties.ClientToken,
  },
} as const;
