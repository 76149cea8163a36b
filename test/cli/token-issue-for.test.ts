import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect } from 'vitest';
import { scrip } from '../process/program.js';
import type { TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const it = itWith({});
const SPEND = 'mutation Spend($input: SpendPointsInput!) {\n  spendPoints(input: $input) { user { ...Named } }\n}';
const NAMED = 'fragment Named on User { username }';
const USERS = 'query Users { users { totalCount } }';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'scrip-for-'));
  folders.push(folder);
  await mkdir(join(folder, 'below'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

async function issueFor(server: TestServer, folder: string, ...more: string[]) {
  return await issueWith({}, server, folder, ...more);
}

async function issueWith(settings: Record<string, string>, server: TestServer, folder: string, ...more: string[]) {
  const { username } = await server.user();
  const args = ['token', 'issue', '--owner', username, '--name', 'narrow', '--for', folder, ...more];
  return await scrip(args, { env: { DATABASE_URL: server.database.url, ...settings } });
}

describe('scrip token issue --for', () => {
  it('issues the narrowest token for the operations of a folder, with fragments of other files', async ({ server }) => {
    const folder = await folderWith({ 'spend.graphql': SPEND, 'below/named.gql': NAMED, 'users.graphql': USERS });
    const { status, stdout, stderr } = await issueFor(server, folder, '--json');
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const { secret, token } = JSON.parse(stdout);
    expect(token.scopes).toEqual(['users:read', 'points:spend']);
    expect((await server.send(secret, USERS)).status).toBe(200);
    const spent = await server.send(secret, `${NAMED} ${SPEND}`, {
      input: { user: { username: 'admin' }, points: 1 },
    });
    expect(spent.errors?.[0]?.extensions['code']).toBe('INSUFFICIENT_POINTS');
    expect((await server.send(secret, '{ users { totalCount } }')).errors?.[0]?.extensions['reason']).toBe(
      'OPERATION_NOT_ALLOWED',
    );
  });

  it('takes the scopes that are named', async ({ server }) => {
    const folder = await folderWith({ 'users.graphql': USERS });
    const { stdout } = await issueFor(server, folder, '--scopes', 'points:read', '--json');
    expect(JSON.parse(stdout).token.scopes).toEqual(['points:read']);
  });

  it.for([
    [
      'an operation of a session',
      { 'out.graphql': 'mutation Out { logOut { __typename } }' },
      'out.graphql, operation Out: Mutation.logOut needs the session of a user',
      1,
    ],
    ['one without a name', { 'out.graphql': 'mutation { logOut { __typename } }' }, 'out.graphql: Mutation.logOut', 1],
    ['no scope', { 'kind.graphql': '{ __typename }' }, '--scopes', 1],
    ['what is not valid', { 'bad.graphql': '{ none }' }, 'bad.graphql:1:3', 1],
    ['no file', {}, '.graphql', 2],
  ] as const)('refuses a folder with %s', async ([, files, told, expected], { server }) => {
    const { status, stdout, stderr } = await issueFor(server, await folderWith(files));
    expect({ status, stdout }).toEqual({ status: expected, stdout: '' });
    expect(stderr).toContain(told);
  });

  it('keeps to the limits of the server', async ({ server }) => {
    const folder = await folderWith({ 'users.graphql': `{ ${'users { totalCount } '.repeat(30)} }` });
    const { status, stdout, stderr } = await issueWith({ LIMIT_DOCUMENT_TOKENS: '100' }, server, folder);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('users.graphql: The document has more than 100 tokens');
  });

  it('takes listed documents only, where the server runs no others', async ({ server }) => {
    const listed = await folderWith({ 'users.graphql': USERS });
    const settings = { TRUSTED_DOCUMENTS: listed };
    expect((await issueWith(settings, server, listed)).status).toBe(0);
    const others = await folderWith({ 'users.graphql': USERS.replace('Users', 'Others') });
    const { status, stdout, stderr } = await issueWith(settings, server, others);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('users.graphql, operation Others: This server runs listed documents only');
  });

  it('reads the listed documents by the schema that the settings give', async ({ server }) => {
    const logIn = { 'log-in.graphql': 'mutation LogIn { logIn { accessToken } }' };
    const [folder, listed] = [await folderWith({ 'users.graphql': USERS }), await folderWith(logIn)];
    const settings = { TRUSTED_DOCUMENTS: `${listed},${folder}`, AUTH_BASIC_LOGIN: 'on' };
    expect((await issueWith(settings, server, folder)).status).toBe(0);
  });

  it('needs scopes or a folder', async ({ server }) => {
    const args = ['token', 'issue', '--owner', 'bob', '--name', 'narrow'];
    const { status, stderr } = await scrip(args, { env: { DATABASE_URL: server.database.url } });
    expect({ status, stderr }).toEqual({ status: 2, stderr: 'scrip: give --scopes <list>, --for <folder> or both\n' });
  });
});
