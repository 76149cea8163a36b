import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { it as base, describe, expect, vi } from 'vitest';
import { ask, open } from '../embedded-postgres/process.js';
import {
  AuditLogDocument,
  ChangePasswordDocument,
  CreateWebhookDocument,
  LogInDocument,
  RenewSessionDocument,
  ResumeTokenDocument,
  RevokeTokenDocument,
  SignUpDocument,
  TokenDocument,
  ViewerDocument,
  WebhookStateDocument,
} from '../operations/generated.js';
import { type End, makeDirectory, scrip, startProcess } from '../process/program.js';
import { makeHome } from '../support/own-postgres.js';
import type { Credential, TestServer } from '../support/server.js';
import { serveHome } from './served-home.js';

const OLD = 'the old password of bob';
const NEW = 'the new password of carol';

const it = base.extend(
  'restored',
  { scope: 'file' },
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from this pattern which fixtures a fixture uses.
  async ({}, { onCleanup }) => {
    const first = await serveHome();
    const made = await makeHistory(first.server, first.home).finally(first.close);
    const home = await makeHome();
    const end = await restore(home, made.file);
    const { server, close } = await serveHome(home);
    onCleanup(async () => {
      await close();
      await rm(dirname(made.file), { recursive: true });
    });
    return { ...made, home, end, server, firstAdminPassword: first.server.firstAdminPassword };
  },
);
it.beforeAll(({ restored: _started }) => {}, 240_000);

describe('A restored backup', { timeout: 120_000 }, () => {
  it('tells what the seal has ended, and what the backup revives', async ({ restored: { end, home } }) => {
    expect(end).toEqual({ status: 0, stdout: '', stderr: expect.any(String) });
    const [first, ...lines] = end.stderr.trimEnd().split('\n');
    expect(first).toBe(`Restored the backup of ${/\d+\S+Z/.exec(String(first))?.[0]} to ${home}.`);
    expect(lines).toEqual([
      'Sealed: paused 3 tokens and 1 webhook, ended 2 sessions, made 1 other ADMIN a USER, and set the password of carol.',
      'Passwords: 2 other users have the password of when the backup was made; one that was changed since is the old one again. --no-passwords removes them.',
      'Users: 3. Those who were deleted, and ids in other systems that were unlinked, after the backup are back.',
      'Tokens: scopes, limits and networks that were narrowed after the backup are as wide as before. Compare `scrip token show ID`.',
      'Resume the tokens and webhooks that are still wanted: `scrip token resume ID`, `scrip webhook resume ID`.',
      'Put the signing key into SCRIP_HOME (or its setting) before you start the server.',
    ]);
  });

  it('refuses every token, one that was revoked later included, until it is resumed', async ({ restored }) => {
    const { server, revoked, kept } = restored;
    expect(await reasonFor(server, revoked)).toBe('TOKEN_PAUSED');
    expect(await reasonFor(server, kept)).toBe('TOKEN_PAUSED');
    const carol = await logIn(server, 'carol', NEW);
    await server.send(carol, ResumeTokenDocument, { id: kept.id });
    expect(await reasonFor(server, kept)).toBeUndefined();
    expect(await reasonFor(server, revoked)).toBe('TOKEN_PAUSED');
    expect((await server.send(carol, TokenDocument, { id: revoked.id })).data.token?.state).toBe('PAUSED');
  });

  it('refuses every access token and every refresh token', async ({ restored: { server, before, after } }) => {
    for (const { accessToken, refreshToken } of [before, after]) {
      expect(await reasonFor(server, accessToken)).toMatch(/^TOKEN_(REVOKED|INVALID)$/);
      const { errors } = await server.send(undefined, RenewSessionDocument, { refreshToken });
      expect(errors?.[0]?.extensions['code']).toMatch(/^REFRESH_TOKEN_(REVOKED|INVALID)$/);
    }
  });

  it('has one ADMIN, who logs in with the new password', async ({ restored: { server, firstAdminPassword } }) => {
    const { data } = await server.send(undefined, LogInDocument, { username: 'carol', password: NEW });
    expect(data.logIn.user.role).toBe('ADMIN');
    const old = await server.send(undefined, LogInDocument, { username: 'carol', password: OLD });
    expect(old.errors?.[0]?.extensions['code']).toBe('INVALID_CREDENTIALS');
    const other = await server.send(undefined, LogInDocument, { username: 'admin', password: firstAdminPassword });
    expect(other.data.logIn.user.role).toBe('USER');
  });

  it('revives a password that was changed later', async ({ restored: { server } }) => {
    await expect(logIn(server, 'bob', OLD)).resolves.toEqual(expect.any(String));
  });

  it('sends nothing to a webhook, also once its token is resumed', async ({
    restored: { server, ofWebhook, webhookId },
  }) => {
    const carol = await logIn(server, 'carol', NEW);
    await server.send(carol, ResumeTokenDocument, { id: ofWebhook.id });
    const { data } = await server.send(carol, WebhookStateDocument, { id: webhookId });
    expect(data.webhook).toMatchObject({ state: 'PAUSED', pausedBecause: 'REQUESTED' });
  });

  it('has an event in the audit log', async ({ restored: { server } }) => {
    const carol = await logIn(server, 'carol', NEW);
    const { data } = await server.send(carol, AuditLogDocument, { action: 'RESTORE_SEALED' });
    expect(data.auditLog.nodes).toMatchObject([
      {
        actor: null,
        subject: { username: 'carol' },
        detail: 'tokens: 3; sessions: 2; admins: 1; webhooks: 1; passwords kept: 2',
      },
    ]);
  });

  it('is not replaced by another restore', async ({ restored: { home, file, server } }) => {
    expect(await restore(home, file)).toEqual({
      status: 1,
      stdout: '',
      stderr: `scrip: ${home} is not empty: it holds postgresql. A restore replaces nothing; choose another SCRIP_HOME.\n`,
    });
    await expect(logIn(server, 'carol', NEW)).resolves.toEqual(expect.any(String));
  });
});

describe('scrip restore', { timeout: 120_000 }, () => {
  it('with --no-passwords tells how many passwords it removed', async ({ restored: { file } }) => {
    const home = join(await makeDirectory(), 'home');
    const { status, stderr } = await restore(home, file, '--no-passwords');
    await open(home); // its data are removed with the test
    expect(status).toBe(0);
    expect(stderr).toContain(
      '\nPasswords: removed those of 2 other users. Set new ones with `scrip user set-password`.\n',
    );
  });

  it.for([
    ['bob', 'has bob as a USER'],
    ['dave', 'has no user dave'],
  ])('leaves nothing where --admin names %s, who is no ADMIN', async ([admin, fault], { restored: { file } }) => {
    const home = join(await makeDirectory(), 'home');
    const { status, stderr } = await scrip(['restore', file, '--admin', String(admin), '--password-stdin'], {
      env: { SCRIP_HOME: home },
      input: NEW,
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `scrip: The restored database ${fault}: name one who is an ADMIN in it. Nothing was changed.\n`,
    });
    await expect(readdir(home)).rejects.toThrow('ENOENT');
  });

  it('that was killed leaves no database that a server starts', async ({ restored: { file } }) => {
    const home = await makeDirectory();
    const command = startProcess({ env: { SCRIP_HOME: home }, input: NEW }, [
      'restore',
      file,
      '--admin',
      'carol',
      '--password-stdin',
    ]);
    const lock = await vi.waitFor(async () => {
      const [draft] = (await readdir(home)).filter((name) => /^postgresql\.\d+\.\w+$/.test(name));
      return await readFile(join(home, String(draft), 'data', 'postmaster.pid'), 'utf8');
    }, 60_000);
    command.process.kill('SIGKILL');
    await command.end;
    expect(lock).toMatch(/^-?\d+\n/);

    const { url } = await open(home);

    expect(await ask(url, `select to_regclass('users') as users`)).toEqual({ users: null });
    expect(await readdir(home)).toEqual(['postgresql']);
  });
});

/** Serves, makes a backup, and revokes, changes and begins what the backup does not know. */
async function makeHistory(server: TestServer, home: string) {
  const carol = await server.user({ username: 'carol', role: 'ADMIN' });
  const signedUp = await server.send(undefined, SignUpDocument, { username: 'bob', password: OLD });
  const before = signedUp.data.signUp;
  const [revoked, kept] = [await server.token(['users:read'], carol), await server.token(['users:read'], carol)];
  const ofWebhook = await server.token(['webhooks:write', 'points:read', 'users:read', 'tokens:read'], carol);
  const created = await server.send(ofWebhook, CreateWebhookDocument, {
    input: { url: 'http://127.0.0.1:9/hook', events: ['POINTS_ENTRY'] },
  });
  const session = await server.session(carol);
  const file = join(await makeHome(), 'scrip.tar');
  const { status, stderr } = await scrip(['backup', file], { env: { SCRIP_HOME: home } });
  expect({ status, stderr, errors: created.errors }).toEqual({
    status: 0,
    stderr: expect.any(String),
    errors: undefined,
  });
  await server.send(session, RevokeTokenDocument, { input: { id: revoked.id } });
  const changed = await server.send(before.accessToken, ChangePasswordDocument, {
    currentPassword: OLD,
    newPassword: 'the newest password of bob',
  });
  expect(await reasonFor(server, revoked)).toBe('TOKEN_REVOKED');
  const webhookId = created.data.createWebhook.webhook.id;
  return { file, revoked, kept, ofWebhook, webhookId, before, after: changed.data.changePassword };
}

async function restore(home: string, file: string, ...flags: string[]): Promise<End> {
  const args = ['restore', file, '--admin', 'carol', '--password-stdin', ...flags];
  return await scrip(args, { env: { SCRIP_HOME: home }, input: NEW });
}

async function logIn(server: TestServer, username: string, password: string): Promise<string> {
  return (await server.send(undefined, LogInDocument, { username, password })).data.logIn.accessToken;
}

/** Why a credential is refused; undefined: it is not. */
async function reasonFor(server: TestServer, credential: Credential): Promise<unknown> {
  return (await server.send(credential, ViewerDocument)).errors?.[0]?.extensions['reason'];
}
