/** The kinds of triggers that detach-key-pair can have, each with all of its keys: fc3's own schema takes any content. */

const text = { type: 'string', minLength: 1 };
const flag = { type: 'boolean' };
const name = { type: 'string', pattern: '^[A-Za-z_][\\w-]{0,127}$' };
const arn = { type: 'string', pattern: '^acs:[a-z]+:[a-z0-9-]*:\\d*:\\S+$' };

/** An object of these keys and no others; all of them needed but the optional ones. */
export function closed(required: object, optional: object = {}) {
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(required),
    properties: { ...required, ...optional },
  };
}

const json = (of: string) => ({ type: 'string', pattern: `^\\s*\\{.*\\}\\s*$`, description: of });

function trigger(triggerType: string, triggerConfig: object, optional: object = {}) {
  return closed(
    { triggerName: name, triggerType: { const: triggerType }, triggerConfig },
    { description: text, qualifier: { const: 'LATEST' }, ...optional },
  );
}

const http = trigger(
  'http',
  closed(
    {
      authType: { const: 'function' },
      // All three: old ECS clients send GET, all others POST, a browser's preflight is OPTIONS.
      methods: {
        type: 'array',
        uniqueItems: true,
        minItems: 3,
        items: { enum: ['GET', 'POST', 'OPTIONS'] },
      },
    },
    { disableURLInternet: flag },
  ),
);

const timer = trigger(
  'timer',
  closed({
    enable: flag,
    // Six fields (the first is seconds), or @every with a unit.
    cronExpression: { type: 'string', pattern: '^(@every \\d+[smh]|(CRON_TZ=\\S+ )?\\S+( \\S+){5})$' },
    payload: json('the request'),
  }),
);

const mnsTopic = trigger(
  'mns_topic',
  closed(
    {
      // STREAM, the service's default, drops the message id that serves as the token.
      notifyContentFormat: { const: 'JSON' },
      notifyStrategy: { enum: ['BACKOFF_RETRY', 'EXPONENTIAL_DECAY_RETRY'] },
    },
    { filterTag: { type: 'string', maxLength: 16 } },
  ),
  { sourceArn: { type: 'string', pattern: '^acs:mns:[a-z0-9-]+:\\d+:/topics/\\S+$' }, invocationRole: arn },
);

const retryStrategy = closed({
  PushRetryStrategy: { enum: ['BACKOFF_RETRY', 'EXPONENTIAL_DECAY_RETRY'] },
  MaximumEventAgeInSeconds: { type: 'integer', minimum: 0 },
  MaximumRetryAttempts: { type: 'integer', minimum: 0 },
});

const eventBridge = trigger(
  'eventbridge',
  closed({
    triggerEnable: flag,
    asyncInvocationType: flag,
    eventRuleFilterPattern: json('which events'),
    eventSourceConfig: closed({ eventSourceType: { const: 'Default' }, eventSourceParameters: { type: 'object' } }),
    // RawData would drop the source and the id, which are the token.
    eventSinkConfig: closed({
      deliveryOption: closed({
        mode: { enum: ['event-driven', 'event-streaming'] },
        eventSchema: { const: 'CloudEvents' },
      }),
    }),
    runOptions: closed({ mode: { enum: ['event-driven', 'event-streaming'] } }, { retryStrategy }),
  }),
);

export const triggerSchema = {
  type: 'object',
  discriminator: { propertyName: 'triggerType' },
  required: ['triggerType'],
  oneOf: [http, timer, mnsTopic, eventBridge],
};
