/** What this function calls in another account: its session there may do no more, whatever the role may. */
export const ECS_ACTIONS = [
  'DetachKeyPair',
  'DescribeInstances',
  'DescribeKeyPairs',
  'DescribeCloudAssistantStatus',
  'DescribeInvocations',
] as const;
