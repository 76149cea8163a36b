import { readFileSync } from 'node:fs';
import * as schemaTools from '@graphql-tools/schema';
import * as graphql from 'graphql';
import { expect, it } from 'vitest';
import * as policy from '../../src/policy/policy.js';

const MODULES: Readonly<Record<string, object>> = {
  '@graphql-tools/schema': schemaTools,
  graphql,
  './policy.js': policy,
};

/** The example in the documentation of compilePolicy, word for word, without the comment's stars. */
function readExample(): string {
  const source = readFileSync(new URL('../../src/policy/policy.ts', import.meta.url), 'utf8');
  const [, example] = /\* @example\n([\s\S]*?)\n \*\n \* @throws/.exec(source) ?? [];
  if (example === undefined) throw new Error('compilePolicy has no example.');
  return example.replaceAll(/^ \* ?/gm, '');
}

it('The policy exports three functions', () => {
  expect(Object.keys(policy).sort()).toEqual(['compilePolicy', 'diffPolicies', 'formatDenial']);
});

it('The example in the documentation runs, and returns what its comments say', async () => {
  const body = readExample().replaceAll(
    /^import (\{.*\}) from ('.*');$/gm,
    (_, names: string, module: string) => `const ${names} = modules[${module}];`,
  );
  // An example is text until it is run, and this is what runs it.
  const AsyncFunction = (async () => {}).constructor as new (
    ...code: string[]
  ) => (modules: object) => Promise<unknown>;
  const outcome = await new AsyncFunction('modules', `${body}\nreturn { decision, result };`)(MODULES);

  expect(outcome).toMatchObject({
    decision: { denials: [{ message: /'(Query\.note requires .*)'$/m.exec(body)?.[1] }] },
    result: { data: { notes: [{ text: 'Hello' }, { text: null }] }, errors: [{ path: ['notes', 1, 'text'] }] },
  });
});
