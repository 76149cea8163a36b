/**
 * What the policy costs: deciding on operations that were seen before, executing a long list that is allowed, and compiling
 * the policy of a large schema. Prints a Markdown table, each figure a median with its target beside it. By itself:
 * `npx tsx test/bench/policy-cost.ts`.
 */
import { createRequire } from 'node:module';
import { pino } from 'pino';
import { parseConfig } from '../../src/config.js';
import { buildSchema as buildScripSchema } from '../../src/graphql/build-schema.js';
import type { Context } from '../../src/graphql/context.js';
import { createPolicy } from '../../src/graphql/policy.js';
import { compilePolicy } from '../../src/policy/policy.js';
import { median } from './statistics.js';

// The copy of graphql that the policy has; the libraries compared in this folder bring their own.
const { buildSchema, execute, parse }: typeof import('graphql') = createRequire(
  new URL('../../src/policy/policy.ts', import.meta.url),
)('graphql');

const DIRECTIVES = `
  directive @auth(scope: [Scope!], owner: String, kind: CredentialKind) on FIELD_DEFINITION | OBJECT | INTERFACE
  directive @public on FIELD_DEFINITION | OBJECT | INTERFACE
  enum CredentialKind { APP USER }
  enum Scope { READ WRITE }
`;

const CALLER = { kind: 'APP', scopes: ['READ', 'WRITE'], name: 'the app token "cost"' } as const;

const rows = [...deciding(), ...listing(), ...compiling()];
const table = [['what', 'cost', 'aim'], ['---', '---:', '---:'], ...rows];
process.stdout.write(table.map((cells) => `| ${cells.join(' | ')} |\n`).join(''));

/** Operations of the service itself, by a token that may run them. */
function deciding(): string[][] {
  const policy = createPolicy(buildScripSchema(), { limits: parseConfig({}).limits, log: pino({ level: 'silent' }) });
  const scopes = ['users:read', 'posts:read', 'points:add', 'tokens:issue'];
  const principal = { kind: 'APP', scopes, tokenName: 'cost' };
  // All that the policy reads of a context.
  const context = { request: { principal } } as unknown as Context;
  const operations = {
    'a nested query, seen before': [
      'query ($first: Int) { users(first: $first) { nodes { id username posts(first: 5) { nodes { id title } } } } }',
      { first: 20 },
      '< 5 µs',
    ],
    'a mutation, seen before': [
      'mutation ($input: AddPointsInput!) { addPoints(input: $input) { message points } }',
      { input: { user: { username: 'bob' }, points: 5 } },
      '< 5 µs',
    ],
    'a mutation whose variables are decided on anew': [
      'mutation ($input: IssueTokenInput!) { issueToken(input: $input) { secret } }',
      { input: { name: 'a token', scopes: ['USERS_READ', 'POSTS_READ'] } },
      '',
    ],
  } as const;
  return Object.entries(operations).map(([name, [source, variables, aim]]) => {
    const document = parse(source);
    const decide = () => policy.decide({ document, variables, context });
    const decision = decide();
    if (decision instanceof Promise || decision.kind === 'DENIED')
      throw new Error(`${name} is not allowed: ${decision}`);
    const times = 1_000; // 2 ms: few batches are interrupted by other processes
    const microseconds = typical(300, () => timed(() => repeat(times, decide)) / times) * 1_000;
    return [`deciding on ${name}`, `${microseconds.toFixed(1)} µs`, aim];
  });
}

/** The same list with and without the policy, in turns. */
function listing(): string[][] {
  const sdl = `
    type Item @auth(scope: READ) {
      id: ID!
      name: String
      points: Int @auth(scope: WRITE)
      ownPoints: Int @auth(scope: WRITE, owner: "id")
    }
    type Query { items: [Item!]! @auth(scope: READ) }
  `;
  const plain = buildSchema(DIRECTIVES + sdl);
  const policy = compilePolicy<object>(plain, {
    caller: () => CALLER,
    scopeLabel: String,
    owners: { 'Item.id': (ids) => ids.map(() => false) },
    onInternalError: () => {},
  });
  const items = Array.from({ length: 10_000 }, (_, id) => ({
    id: String(id),
    name: 'a name',
    points: id,
    ownPoints: id,
  }));
  const lists = {
    'fields that need scopes': ['{ items { id name points } }', '< 2 %'],
    // It has a resolver then, where it had none: any resolver costs as much.
    'a field that spares owners, by a holder of its scope': ['{ items { id name ownPoints } }', ''],
  } as const;
  return Object.entries(lists).map(([name, [source, aim]]) => {
    const document = parse(source);
    const without = () => execute({ schema: plain, document, rootValue: { items }, contextValue: {} });
    const within = () => {
      const contextValue = {};
      policy.decide({ document, context: contextValue });
      return execute({ schema: policy.schema, document, rootValue: { items }, contextValue });
    };
    if (JSON.stringify(without()) !== JSON.stringify(within())) throw new Error(`${name}: the lists differ.`);
    const ratio = typical(300, (round) => {
      const [first, second] = round % 2 === 0 ? [without, within] : [within, without];
      const [one, other] = [timed(first), timed(second)];
      return round % 2 === 0 ? other / one : one / other;
    });
    const percent = (ratio - 1) * 100;
    return [`10,000 items, ${name}`, `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(1)} %`, aim];
  });
}

function compiling(): string[][] {
  const count = 2_000;
  const types = Array.from({ length: count }, (_, index) => {
    const other = `T${(index * 7) % count}`;
    return `type T${index} implements Node @auth(scope: READ) {
      id: ID!
      name(like: String, max: Int): String @auth(scope: WRITE)
      other: ${other}
      others(first: Int): [${other}!]
      node: Node
    }`;
  });
  const sdl = `interface Node @public { id: ID! } ${types.join('\n')} type Query @public { node: Node ${types
    .map((_, index) => `t${index}: T${index}`)
    .join(' ')} }`;
  const schema = buildSchema(DIRECTIVES + sdl);
  const options = { caller: () => CALLER, scopeLabel: String, owners: {}, onInternalError: () => {} };
  const milliseconds = typical(5, () => timed(() => compilePolicy(schema, options)));
  return [[`compiling the policy of ${count} types`, `${milliseconds.toFixed(0)} ms`, '< 1000 ms']];
}

/** The median of so many measurements, after half as many to warm up. */
function typical(rounds: number, measure: (round: number) => number): number {
  for (let round = 0; round < rounds / 2; round++) measure(round);
  return median(Array.from({ length: rounds }, (_, round) => measure(round)));
}

/** In milliseconds. */
function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function repeat(times: number, work: () => unknown): void {
  for (let time = 0; time < times; time++) work();
}
