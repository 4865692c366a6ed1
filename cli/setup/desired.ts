import caller from '../../docs/policies/caller.json' with { type: 'json' };
import detachKeyPair from '../../docs/policies/detach-key-pair.json' with { type: 'json' };
import onFailure from '../../docs/policies/on-failure.json' with { type: 'json' };
import rebootInstances from '../../docs/policies/reboot-instances.json' with { type: 'json' };
import removePublicKey from '../../docs/policies/remove-public-key.json' with { type: 'json' };
import trust from '../../docs/policies/trust.json' with { type: 'json' };

export type DesiredPolicy = {
  readonly name: string;
  /** A sentence: the description in RAM, and the reason that a person is shown. */
  readonly purpose: string;
  readonly document: string;
  /** Where a person finds the document. */
  readonly file: string;
};

export type DesiredRole = {
  readonly name: string;
  readonly purpose: string;
  readonly trust: string;
  readonly policies: readonly string[];
  /** The variable of s.yaml that wants its ARN. */
  readonly variable: string;
};

export type DesiredQueue = { readonly name: string; readonly purpose: string; readonly retentionSeconds: number };

export type Desired = {
  readonly queue: DesiredQueue;
  readonly policies: readonly DesiredPolicy[];
  readonly roles: readonly DesiredRole[];
};

const FUNCTIONS = [
  { name: 'detach-key-pair', variable: 'DETACH_ROLE_ARN', policy: detachKeyPair },
  { name: 'reboot-instances', variable: 'REBOOT_ROLE_ARN', policy: rebootInstances },
  { name: 'remove-public-key', variable: 'REMOVE_ROLE_ARN', policy: removePublicKey },
];

const ON_FAILURE = 'fc-detach-key-pair-on-failure';

/** What docs/deploy.md asks for. `online`: with the third function, whose role may run a script as root. */
export function desiredState({ online }: { readonly online: boolean }): Desired {
  const functions = FUNCTIONS.filter(({ name }) => online || name !== 'remove-public-key');
  return {
    queue: {
      name: 'fc-detach-key-pair-failures',
      purpose: 'Messages that failed for good are kept here.',
      retentionSeconds: 604_800, // the most that SMQ keeps a message: "CreateQueue" in its API reference
    },
    policies: [
      ...functions.map(({ name, policy }) =>
        policyOf(`fc-${name}`, name, policy, `What the function ${name} may do, and no more.`),
      ),
      policyOf(ON_FAILURE, 'on-failure', onFailure, 'Lets a function send to the queue for failures.'),
      policyOf(
        'fc-detach-key-pair-caller',
        'caller',
        caller,
        'Lets people and programs call detach-key-pair, once it is attached to them.',
      ),
    ],
    roles: functions.map(({ name, variable }) => ({
      name: `fc-${name}`,
      purpose: `The role of the function ${name}.`,
      trust: JSON.stringify(trust),
      policies: [`fc-${name}`, ON_FAILURE],
      variable,
    })),
  };
}

function policyOf(name: string, file: string, document: object, purpose: string): DesiredPolicy {
  return { name, purpose, document: JSON.stringify(document), file: `docs/policies/${file}.json` };
}
