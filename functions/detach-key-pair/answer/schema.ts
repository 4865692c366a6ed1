import type { FromSchema } from 'json-schema-to-ts';

// The answers, field by field: TypeScript reads their types off this, the OpenAPI document shows it, and the tests hold
// every answer to it. All leaf values are texts, as on the operation's page.

const TEXT = { type: 'string' } as const;
const TEXTS = { type: 'array', items: TEXT } as const;
const COUNT = { type: 'string', pattern: '^\\d+$' } as const;
const TRUE = { enum: ['true'] } as const;

const itemSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['Code', 'Message', 'InstanceId', 'Success'],
  properties: {
    Code: TEXT,
    Message: TEXT,
    InstanceId: TEXT,
    Success: { enum: ['true', 'false'] },
    RegionId: { ...TEXT, description: 'In a request with several places, as are KeyPairName and RoleArn.' },
    KeyPairName: TEXT,
    RoleArn: TEXT,
    BoundKeyPairName: {
      ...TEXT,
      description: 'The key pair that the instance has, where it was described and has another one.',
    },
    Online: { enum: ['Reachable', 'Offline', 'Stopped'], description: 'In a dry run with Online.' },
    Status: {
      ...TEXT,
      description: 'In a dry run or a verification, with the fields below, as far as ECS shows them.',
    },
    InstanceName: TEXT,
    ZoneId: TEXT,
    PrivateIp: TEXT,
    PublicIp: TEXT,
    Tags: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['Key', 'Value'],
        properties: { Key: TEXT, Value: TEXT },
      },
    },
  },
} as const;

/** One account and region of a request with several. */
const placeSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['RegionId', 'KeyPairNames', 'TotalCount', 'FailCount', 'Code', 'Message'],
  properties: {
    RegionId: TEXT,
    RoleArn: TEXT,
    KeyPairNames: { ...TEXTS, description: 'The key pairs there that the request is about.' },
    TotalCount: COUNT,
    FailCount: COUNT,
    Code: {
      ...TEXT,
      description: '200 when the place was searched whole, else why not: what else it has is not known.',
    },
    Message: TEXT,
  },
} as const;

const PLACES = {
  Places: {
    type: 'array',
    items: placeSchema,
    description: 'Every place of a request with several, by role, then by region, in the order asked for.',
  },
  PlaceFailCount: { ...COUNT, description: 'Places that were not searched whole.' },
} as const;

/** What was put into the queue. Counts are of instances. */
const taskSectionSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['TotalCount', 'FailCount', 'Tasks'],
  properties: {
    TotalCount: COUNT,
    FailCount: COUNT,
    Tasks: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['TaskId', 'InstanceIds', 'Status'],
        properties: {
          TaskId: TEXT,
          InstanceIds: TEXTS,
          DelaySeconds: { ...COUNT, description: 'Until it is due; not of a task of an earlier request.' },
          Status: { enum: ['Enqueued', 'Duplicate', 'Failed'] },
          Code: TEXT,
          Message: TEXT,
        },
      },
    },
  },
} as const;

/** A request that was carried out; failures of single instances are here too. */
export const answerSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['KeyPairName', 'RequestId', 'TotalCount', 'FailCount', 'Results'],
  properties: {
    KeyPairName: TEXT,
    RequestId: TEXT,
    TotalCount: { ...COUNT, description: 'Distinct instances asked for, or found.' },
    FailCount: { ...COUNT, description: 'Those not detached.' },
    Results: {
      type: 'object',
      additionalProperties: false,
      required: ['Result'],
      properties: { Result: { type: 'array', items: itemSchema } },
    },
    ResultsTruncated: {
      ...TRUE,
      description: 'Items were left out for the size of the answer; the counts are whole.',
    },
    Reboot: taskSectionSchema,
    Online: taskSectionSchema,
    Continuation: {
      type: 'object',
      additionalProperties: false,
      required: ['TaskId', 'InstanceCount', 'TaskIds'],
      properties: {
        TaskId: { ...TEXT, description: 'The first of TaskIds.' },
        InstanceCount: COUNT,
        TaskIds: { ...TEXTS, description: 'More than one where the ids do not fit into one payload.' },
      },
    },
    Completion: {
      enum: ['Failed'],
      description: 'What would have finished the request, had this run been cut off, could not be queued.',
    },
    CompletionTaskIds: {
      ...TEXTS,
      description: 'Asynchronous runs that stay in the queue to finish the request.',
    },
    DryRun: TRUE,
    Verify: TRUE,
    ...PLACES,
  },
} as const;

/** What became of the tasks of a request with StopTasks. */
export const stopAnswerSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['RequestId', 'TotalCount', 'FailCount', 'Tasks'],
  properties: {
    RequestId: TEXT,
    TotalCount: COUNT,
    FailCount: { ...COUNT, description: 'Those not stopped.' },
    Tasks: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['TaskId', 'Status'],
        properties: {
          TaskId: TEXT,
          Status: {
            enum: ['Stopped', 'Running', 'Finished', 'Unknown'],
            description: 'Running: too late. Unknown: the Code says why.',
          },
          Code: TEXT,
          Message: TEXT,
        },
      },
    },
  },
} as const;

/** An error in the shape that ECS gives its own; a request that failed as a whole has its counts too. */
export const errorSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['RequestId', 'HostId', 'Code', 'Message', 'Recommend'],
  properties: {
    RequestId: TEXT,
    HostId: TEXT,
    Code: TEXT,
    Message: TEXT,
    Recommend: TEXT,
    KeyPairName: TEXT,
    TotalCount: COUNT,
    FailCount: COUNT,
    ...PLACES,
  },
} as const;

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

export type AnswerBody = DeepReadonly<FromSchema<typeof answerSchema>>;
export type StopAnswerBody = DeepReadonly<FromSchema<typeof stopAnswerSchema>>;
export type ErrorBody = DeepReadonly<FromSchema<typeof errorSchema>>;
export type Item = AnswerBody['Results']['Result'][number];
/** What an answer says of the places of a request with several. */
export type Places = Required<Pick<AnswerBody, 'Places' | 'PlaceFailCount'>>;
export type TaskSection = DeepReadonly<FromSchema<typeof taskSectionSchema>>;
/** What an answer holds beside its counts and items. */
export type Sections = Omit<
  AnswerBody,
  'KeyPairName' | 'RequestId' | 'TotalCount' | 'FailCount' | 'Results' | keyof Places
>;
