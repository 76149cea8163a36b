import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeDirectory, scrip } from '../process/program.js';
import { fragmentChain } from '../support/fragment-chain.js';

const ADD = 'mutation Add($input: AddPointsInput!) { addPoints(input: $input) { points user { ...Name } } }';
const LIST = '{ users { nodes { ...Name } } }';
const NAME = 'fragment Name on User { username }';

describe('scrip scopes', () => {
  it('prints the scopes that all operations require together, in the order of the enum', async () => {
    const directory = await write({ 'add.graphql': ADD, 'list.graphql': LIST, 'name.graphql': NAME });
    const { status, stdout, stderr } = await scrip(['scopes', 'add.graphql', 'list.graphql', 'name.graphql'], {
      env: {},
      directory,
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'users:read\npoints:add\n', stderr: '' });
  });

  it('prints as JSON what each operation and each schema coordinate requires', async () => {
    const directory = await write({ 'add.graphql': ADD, 'name.graphql': NAME });
    const { stdout } = await scrip(['scopes', '--json', 'add.graphql', 'name.graphql'], { env: {}, directory });
    const { scopes, operations } = JSON.parse(stdout);
    expect(scopes).toEqual(['points:add']);
    expect(operations).toMatchObject([{ file: 'add.graphql', name: 'Add', scopes: ['points:add'] }]);
    expect(operations[0].fields).toContainEqual({
      coordinate: 'Mutation.addPoints',
      scopes: ['points:add'],
      anyScopes: [],
      ownerAllowed: false,
      public: false,
    });
  });

  it('prints the first of several scopes of which one is enough, unless another operation requires one', async () => {
    const resolve = 'mutation($i: ResolvePointsInput!) { resolvePoints(input: $i) { result { error { code } } } }';
    const spend = 'mutation($i: SpendPointsInput!) { spendPoints(input: $i) { points } }';
    const directory = await write({ 'resolve.graphql': resolve, 'spend.graphql': spend });
    const print = async (...files: string[]) => (await scrip(['scopes', ...files], { env: {}, directory })).stdout;
    expect(await print('resolve.graphql')).toBe('points:add\n');
    expect(await print('resolve.graphql', 'spend.graphql')).toBe('points:spend\n');
    expect(JSON.parse(await print('--json', 'resolve.graphql')).operations).toMatchObject([
      { scopes: [], anyScopes: [['points:add', 'points:spend', 'points:transfer']] },
    ]);
  });

  it('prints nothing for operations that require none', async () => {
    const directory = await write({ 'typename.graphql': '{ __typename }' });
    expect(await scrip(['scopes', 'typename.graphql'], { env: {}, directory })).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('reads .graphql and .gql files of folders in any case, and skips type definitions and packages', async () => {
    const directory = await write({
      'add.gql': ADD,
      'pages/list.GraphQL': LIST,
      'pages/name.GQL': NAME,
      'schema.graphql': 'type Query { theirs: Int }',
      'node_modules/theirs/bad.graphql': '{ theirs }',
      'notes.txt': '{',
      'empty.gql': '',
      'later.graphql': '# query Later { users { totalCount } }\n',
    });
    const { status, stdout, stderr } = await scrip(['scopes', '.'], { env: {}, directory });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'users:read\npoints:add\n', stderr: '' });
  });

  it.each([
    ['a folder without a file', { 'notes.txt': '' }, 2, /'\.'.* holds no file/],
    ['comments alone', { 'later.graphql': '# { users { totalCount } }' }, 1, /no operation in later\.graphql/],
    [
      'files without an operation',
      { 'schema.graphql': 'type Query { a: Int }', 'name.gql': NAME },
      1,
      /no operation in name\.gql, schema\.graphql/,
    ],
  ])('refuses %s', async (_what, files, code, words) => {
    const { status, stdout, stderr } = await scrip(['scopes', '.'], { env: {}, directory: await write(files) });
    expect({ status, stdout }).toEqual({ status: code, stdout: '' });
    expect(stderr).toMatch(words);
  });

  it.each([
    ['is not GraphQL', '{ users {', '1:10'],
    ['does not fit the schema', '{\n  userz { id }\n}', '2:3'],
    ['uses a fragment that is nowhere', LIST, '1:22'],
    ['nests too deep', '{a'.repeat(5_000) + '}'.repeat(5_000), '1:401'],
    ['has a list that nests too deep', `{ a(x: ${'['.repeat(5_000)}) }`, '1:206'],
    ['has a chain of fragments', fragmentChain(10_000), ''],
    ['has fragments that overlap too often', fragmentChain(1_000), ''],
  ])('names the position where a file %s', async (_, text, place) => {
    const directory = await write({ 'bad.graphql': text });
    const { status, stdout, stderr } = await scrip(['scopes', 'bad.graphql'], { env: {}, directory });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^scrip: .+\n$/);
    expect(stderr).toContain(`bad.graphql:${place} `);
    expect(stderr).not.toContain('call stack');
  });

  it('ends with 2 for a file that is not there', async () => {
    const { status, stdout, stderr } = await scrip(['scopes', 'nowhere.graphql'], { env: {} });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^scrip: .*'nowhere.graphql'.*\n$/);
  });
});

async function write(files: Record<string, string>): Promise<string> {
  const directory = await makeDirectory();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  return directory;
}
