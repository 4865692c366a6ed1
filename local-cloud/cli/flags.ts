export const LOCAL_CLOUD_FLAGS = {
  port: 'of the HTTP trigger (9000)',
  instances: 'how many there are, with the key pair "leaked-key" unless one of the next says otherwise (120)',
  windows: 'how many of them are Windows, without a key pair (0)',
  stopped: 'how many are stopped (0)',
  locked: 'how many are locked (0)',
  'other-key': 'how many have another key pair, "another-key" (0)',
  'other-region': 'how many are in cn-beijing (0)',
  tagged: 'how many have the tag env=staging (0)',
  latency: 'milliseconds that each ECS call takes (20)',
  'reboot-seconds': 'how long a restart takes (60)',
  speed: "seconds of the local cloud's clock per real second (1)",
  throttle: 'DetachKeyPair calls that ECS takes in a minute (no limit)',
  signed: 'the trigger wants a signature, as s.yaml deploys it',
  bearer: 'the trigger wants this bearer token',
  edition: 'fc3 or fc2 (fc3)',
  log: 'show the log lines of the functions',
};

export const LOCAL_CLOUD_SWITCHES: readonly string[] = ['signed', 'log'];
