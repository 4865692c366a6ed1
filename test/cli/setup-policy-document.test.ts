import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { marked, originOf } from '../../cli/setup/mark.ts';
import { difference, fingerprint, missingActions, rulesOf } from '../../cli/setup/policy-document.ts';

const DOCUMENTS = readdirSync('docs/policies').map((name) => readFileSync(`docs/policies/${name}`, 'utf8'));

const ACTIONS = ['ecs:DetachKeyPair', 'ecs:RebootInstances', 'fc:InvokeFunction', 'ecs:*'];
const RESOURCES = ['*', 'acs:ecs:*:*:instance/*', 'acs:ecs:*:*:keypair/leaked-*'];
const statements = fc.array(
  fc.record(
    {
      Effect: fc.constantFrom('Allow', 'Deny'),
      Action: fc.subarray(ACTIONS, { minLength: 1 }),
      Resource: fc.subarray(RESOURCES, { minLength: 1 }),
      Condition: fc.constant({ StringEquals: { 'acs:Service': 'fc.aliyuncs.com' } }),
    },
    { requiredKeys: ['Effect', 'Action', 'Resource'] },
  ),
  { minLength: 1, maxLength: 4 },
);
type Statements = (typeof statements extends fc.Arbitrary<infer T> ? T : never)[number][];

const documentOf = (all: readonly object[]) => JSON.stringify({ Version: '1', Statement: all });

/** The same in other words: order turned round, single values instead of lists, another statement for each action. */
function reworded(all: Statements): string {
  const split = all.flatMap(({ Action, Resource, ...rest }) =>
    Action.map((action) => ({
      Resource: Resource.length === 1 ? Resource[0] : [...Resource].reverse(),
      Action: action,
      ...rest,
    })),
  );
  return JSON.stringify({ Statement: split.reverse(), Version: '1' }, null, 2);
}

describe('what a policy says', () => {
  test('is the same in whatever order and form it is written', () => {
    fc.assert(
      fc.property(statements, (all) => {
        expect(difference(documentOf(all), reworded(all))).toEqual([]);
        expect(fingerprint(documentOf(all))).toBe(fingerprint(reworded(all)));
        expect(originOf(marked('For a test.', documentOf(all)), reworded(all))).toBe('written');
      }),
    );
  });

  test('is different whenever one rule more is in it', () => {
    fc.assert(
      fc.property(statements, fc.constantFrom('ram:CreateUser', 'ecs:RunCommand'), (all, Action) => {
        const more = documentOf([...all, { Effect: 'Allow', Action, Resource: '*' }]);
        expect(difference(documentOf(all), more)).toEqual([`+ Allow ${Action} on *`]);
        expect(difference(more, documentOf(all))).toEqual([`- Allow ${Action} on *`]);
        expect(originOf(marked('For a test.', documentOf(all)), more)).toBe('changed');
      }),
    );
  });

  test.each([
    ['a condition', { Condition: { Bool: { 'acs:MFAPresent': 'true' } } }],
    ['another effect', { Effect: 'Deny' }],
    ['another resource', { Resource: 'acs:ecs:*:*:instance/i-1' }],
    ['all actions but one', { Action: undefined, NotAction: 'ecs:DetachKeyPair' }],
    ['another principal', { Principal: { Service: ['ecs.aliyuncs.com'] } }],
  ])('is different with %s', (_, change) => {
    const statement = { Effect: 'Allow', Action: 'ecs:DetachKeyPair', Resource: '*' };
    expect(difference(documentOf([statement]), documentOf([{ ...statement, ...change }]))).not.toEqual([]);
  });

  test.each(['', 'null', '[]', '{}', '{"Statement":"x"}', '{"Statement":[null]}'])('can be read of %j', (text) => {
    expect(difference(text, DOCUMENTS[0] ?? '')).not.toEqual([]);
    expect(rulesOf(text)).toHaveLength(1);
    expect(originOf(marked('For a test.', DOCUMENTS[0] ?? ''), text)).toBe('changed');
  });
});

describe('the actions that a policy lacks', () => {
  test.each([
    ['ecs:*', []],
    ['*', []],
    ['ECS:detachkeypair', []],
    ['ecs:Detach*', []],
    ['ecs:DetachKeyPairs', ['ecs:DetachKeyPair']],
    ['ecs.DetachKeyPair', ['ecs:DetachKeyPair']],
  ])('with %s in it', (Action, missing) => {
    const wanted = documentOf([{ Effect: 'Allow', Action: 'ecs:DetachKeyPair', Resource: '*' }]);
    expect(missingActions(documentOf([{ Effect: 'Allow', Action, Resource: '*' }]), wanted)).toEqual(missing);
    expect(missingActions(documentOf([{ Effect: 'Deny', Action, Resource: '*' }]), wanted)).toEqual([
      'ecs:DetachKeyPair',
    ]);
  });
});

test('a mark fits into a description, and only setup itself has written it', () => {
  for (const document of DOCUMENTS) {
    expect(marked('What the function remove-public-key may do, and no more.', document).length).toBeLessThan(1024);
    expect(originOf('Written by hand', document)).toBe('foreign');
    expect(originOf('', document)).toBe('foreign');
  }
});
