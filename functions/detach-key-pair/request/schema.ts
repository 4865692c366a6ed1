/**
 * The request, field by field. The only source of its shape: ajv validates by it, TypeScript reads its type off it, and
 * the OpenAPI document shows it. What a schema cannot say stands in parse-request.ts.
 */
export const detachRequestSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['RegionId', 'KeyPairName'],
  properties: {
    RegionId: {
      type: 'string',
      maxLength: 64,
      pattern: '^[a-z]{2,}(-[a-z0-9]+)+$',
      description: 'Region of the instances and of the key pair.',
    },
    KeyPairName: {
      type: 'string',
      // Code points, not UTF-16 units; http:// and https:// cannot match for their slashes.
      pattern: '^\\p{L}[\\p{L}0-9.:_-]{1,127}$',
      description: 'Name of the key pair to take off.',
    },
    InstanceIds: {
      type: 'array',
      minItems: 1,
      items: { type: 'string', pattern: '^i-[0-9A-Za-z]{3,62}$' },
      description: 'Instances to take the key pair off. Repeated ids count once.',
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
