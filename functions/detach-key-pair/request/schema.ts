import { INSTANCE_ID, REGION_ID } from '../../../shared/messages/fields.ts';
import { KEY_PAIR_NAME, MAX_TAGS, ROLE_ARN } from './patterns.ts';
import { REBOOT_LIMITS } from './reboot-options.ts';

/** Half a surrogate pair cannot be sent: it has no UTF-8. */
const WELL_FORMED = '^\\P{Cs}*$';

const TIME = {
  type: 'string',
  maxLength: 40,
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,9})?)?(Z|[+-]\\d\\d:\\d\\d)$',
} as const;

const ROLE = { type: 'string', maxLength: 256, pattern: ROLE_ARN } as const;

const SEVERAL = { minItems: 1, maxItems: 50, uniqueItems: true } as const;

/**
 * The request, field by field. The only source of its shape: ajv validates by it, TypeScript reads its type off it, and
 * the OpenAPI document shows it. What a schema cannot say stands in parse-request.ts.
 */
export const detachRequestSchema = {
  type: 'object',
  additionalProperties: false,
  // And KeyPairName or PublicKey, one of them.
  required: ['RegionId'],
  properties: {
    RegionId: {
      ...REGION_ID,
      ...SEVERAL,
      type: ['string', 'array'],
      pattern: `${REGION_ID.pattern}|^\\*$`,
      items: REGION_ID,
      description:
        'Region of the instances and of the key pair. A list of 1 to 50, or "*" for every region that the function may act in, with Filter.',
    },
    KeyPairName: {
      type: 'string',
      pattern: KEY_PAIR_NAME,
      description: 'Name of the key pair to take off.',
    },
    PublicKey: {
      type: 'string',
      description:
        'Instead of KeyPairName, with Filter: one OpenSSH line. Every key pair that holds this key is taken off, whatever its name. Never a private key.',
    },
    AllowDifferentKeys: {
      type: 'boolean',
      default: false,
      description:
        'With a KeyPairName in several places: go on although the key pairs of this name hold different keys, or do not show theirs.',
    },
    InstanceIds: {
      type: 'array',
      minItems: 1,
      items: INSTANCE_ID,
      description: 'Instances to take the key pair off. Repeated ids count once.',
    },
    Filter: {
      type: 'object',
      additionalProperties: false,
      description: 'Instead of InstanceIds: every instance of the region that has the key pair; {} means all.',
      properties: {
        Tags: {
          type: 'array',
          maxItems: MAX_TAGS,
          description: 'Only instances that have all of these tags.',
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['Key'],
            properties: {
              Key: { type: 'string', minLength: 1, maxLength: 128, pattern: WELL_FORMED },
              Value: {
                type: 'string',
                minLength: 1, // ECS may take an empty one for none, and then find more than was asked for
                maxLength: 128,
                pattern: WELL_FORMED,
                description: 'Left out: any value.',
              },
            },
          },
        },
      },
    },
    Reboot: {
      default: false,
      description:
        'Restart what was detached: until then the key still works. true means {}. Afterwards sign-in is by user name and password; where none was ever set, login is impossible.',
      type: ['boolean', 'object'],
      additionalProperties: false,
      properties: {
        ForceReboot: { type: 'boolean', default: false, description: 'Power off instead of shutting down.' },
        BatchSize: {
          type: 'integer',
          minimum: REBOOT_LIMITS.batchSize.least,
          maximum: REBOOT_LIMITS.batchSize.most,
          default: REBOOT_LIMITS.batchSize.usual,
          description: 'Instances restarted together.',
        },
        IntervalSeconds: {
          type: 'integer',
          minimum: REBOOT_LIMITS.intervalSeconds.least,
          maximum: REBOOT_LIMITS.intervalSeconds.most,
          default: REBOOT_LIMITS.intervalSeconds.usual,
          description: 'Between one wave and the next; 0 restarts all of them at once.',
        },
        DelaySeconds: {
          type: 'integer',
          minimum: REBOOT_LIMITS.delaySeconds.least,
          maximum: REBOOT_LIMITS.delaySeconds.most,
          default: REBOOT_LIMITS.delaySeconds.usual,
          description:
            'Before the first wave. The last wave starts within 24 hours, or the request is refused. A continued run starts where the waves of the run before it end.',
        },
        NotBefore: {
          ...TIME,
          description:
            'Instead of DelaySeconds: no restart before this time, ISO 8601, at most 24 hours ahead. A time that has passed means now.',
        },
        MaxErrors: {
          type: ['integer', 'string'],
          minimum: REBOOT_LIMITS.maxErrors.least,
          maximum: REBOOT_LIMITS.maxErrors.most,
          pattern: '^(\\d|[1-9]\\d|100)%$',
          description:
            'A number, or a percentage of BatchSize as "10%", rounded down. Given: a wave begins only when at most so many instances of the waves before it have not come back; else it leaves its own as they are, and so do those after it. Below BatchSize, or it never stops anything.',
        },
        HealthTimeoutSeconds: {
          type: 'integer',
          minimum: REBOOT_LIMITS.healthTimeoutSeconds.least,
          maximum: REBOOT_LIMITS.healthTimeoutSeconds.most,
          default: REBOOT_LIMITS.healthTimeoutSeconds.usual,
          description:
            'With MaxErrors: how long a wave waits for that, from when it is due or the wave before was restarted, whichever is later.',
        },
        Ready: {
          enum: ['Running', 'CloudAssistant'],
          default: 'Running',
          description:
            'With MaxErrors, what counts as back: running and started since the detach; or its agent of Cloud Assistant has also reported since.',
        },
      },
    },
    Online: {
      default: false,
      description:
        'Take the key out of the running instances at once, without a restart, by Cloud Assistant; read back there. true means {}. With Reboot, only what is not proven clean is restarted.',
      type: ['boolean', 'object'],
      additionalProperties: false,
      properties: {
        TimeoutSeconds: {
          type: 'integer',
          minimum: 30,
          maximum: 600,
          default: 120,
          description: 'For one run of the script on an instance.',
        },
        Sessions: {
          enum: ['Keep', 'Close'],
          default: 'Keep',
          description: 'Close ends the sessions that the log of sshd says were opened with this key.',
        },
      },
    },
    DryRun: {
      type: 'boolean',
      default: false,
      description: 'Change nothing; say for each instance what would happen.',
    },
    Verify: {
      type: 'boolean',
      default: false,
      description:
        'Change nothing; prove the outcome: for each instance whether the key pair is off and it has restarted since VerifySince.',
    },
    VerifySince: {
      ...TIME,
      description: 'Time of the detach, ISO 8601. A start in that very minute proves nothing.',
    },
    DetachedSince: {
      ...TIME,
      description:
        'Finish an earlier request that began then, ISO 8601. Instances that no longer have the key pair count as detached then: with Reboot, those that have not restarted since are restarted. With InstanceIds alone.',
    },
    RoleArn: {
      ...ROLE,
      ...SEVERAL,
      type: ['string', 'array'],
      pattern: `${ROLE_ARN}|^\\*$`,
      items: ROLE,
      description:
        'Act in another account through this RAM role; must be allowed by ALLOWED_ROLE_ARNS. A list of 1 to 50, or "*" for the own account and every allowed role, with Filter.',
    },
    Continue: {
      type: 'boolean',
      default: false,
      description:
        'What the time of one invocation does not suffice for is handed to an asynchronous run of the same function, and has the Code Continued.',
    },
    ClientToken: {
      type: 'string',
      pattern: '^[\\x20-\\x7e]{1,64}$',
      description: 'Names the request: sent again with the same token, it queues no reboot a second time.',
    },
    ReturnResults: {
      enum: ['All', 'Failed', 'None'],
      default: 'All',
      description: 'Which items Results.Result lists.',
    },
  },
} as const;
