import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { JWT_SECRET, makeDirectory, startProcess } from '../process/program.js';
import { fragmentChain } from '../support/fragment-chain.js';
import { post } from '../support/http.js';
import { startServer } from '../support/server.js';

const USERS = 'query Users { users(first: 1) { totalCount } }';
const VIEWER = 'query Viewer { viewer { kind } }';
const DEEP = '{a'.repeat(5_000) + '}'.repeat(5_000);

describe('A start with trusted documents', () => {
  it('fails where a folder holds no operation', async () => {
    const directory = await makeDirectory();
    await writeFile(join(directory, 'operations.ts'), 'gql`{ viewer { kind } }`');
    const env = { JWT_SECRET, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nowhere', TRUSTED_DOCUMENTS: directory };
    const { status, stderr } = await startProcess({ env }).end;
    expect(status).toBe(1);
    expect(stderr).toMatch(/^scrip: TRUSTED_DOCUMENTS .+ holds no operation.+\n$/);
    expect(stderr).toContain(directory);
  });

  it('reads a file once that has several names, as in a mounted ConfigMap', async () => {
    const directory = await makeDirectory();
    await mkdir(join(directory, '..2026_01_01'));
    await writeFile(join(directory, '..2026_01_01', 'viewer.graphql'), VIEWER);
    await symlink('..2026_01_01', join(directory, '..data'));
    await symlink('..data/viewer.graphql', join(directory, 'viewer.graphql'));
    const mounted = await startServer({ TRUSTED_DOCUMENTS: directory });
    const { errors } = await post(mounted, { query: VIEWER });
    expect(errors?.[0]?.extensions['code']).toBe('UNAUTHENTICATED');
    expect((await post(mounted, { query: USERS })).errors?.[0]?.extensions['code']).toBe('DOCUMENT_NOT_TRUSTED');
    await mounted.close();
  });

  it.each([
    ['is not there', undefined, 'graphql', 'ENOENT'],
    ['is no GraphQL', '{ viewer {', 'graphql', 'documents.graphql:1:11 '],
    [
      'does not fit the schema',
      '{\n  viewers { id }\n}',
      'graphql',
      'documents.graphql:2:3 Cannot query field "viewers"',
    ],
    ['holds type definitions alone', 'type Query { a: Int }', 'gql', 'documents.gql holds no operation'],
    ['holds comments alone', '# { viewer { kind } }', 'graphql', 'documents.graphql holds no operation'],
    ['is an empty list', '{}', 'json', 'documents.json holds no operation'],
    ['is no JSON', '{', 'json', 'documents.json is neither a map'],
    ['is a list', '["{ viewer { kind } }"]', 'json', 'documents.json is neither a map'],
    ['has a bad document in it', '{"one": "{ viewers }"}', 'json', 'documents.json, document one:1:3 Cannot query'],
    ['nests too deep', DEEP, 'graphql', 'documents.graphql:1:401 The document has more than 200 brackets'],
    [
      'has a document that nests too deep',
      JSON.stringify({ one: DEEP }),
      'json',
      'document one:1:401 The document has',
    ],
    ['has a chain of fragments', fragmentChain(10_000), 'graphql', 'documents.graphql: The document is nested too'],
    ['has fragments that overlap too often', fragmentChain(1_000), 'graphql', 'documents.graphql: Validation aborted'],
    ['has such a document', JSON.stringify({ one: fragmentChain(10_000) }), 'json', 'document one: The document is'],
  ])('fails with one line that names the position, where the file %s', async (_what, text, ending, place) => {
    const file = join(await makeDirectory(), `documents.${ending}`);
    if (text !== undefined) await writeFile(file, text);
    const env = { JWT_SECRET, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nowhere', TRUSTED_DOCUMENTS: file };
    const { status, stdout, stderr } = await startProcess({ env }).end;
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^scrip: TRUSTED_DOCUMENTS .+\n$/);
    expect(stderr).toContain(place);
  });
});
