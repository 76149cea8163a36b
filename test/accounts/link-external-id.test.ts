import { describe, expect } from 'vitest';
import { SCOPES } from '../../src/auth/scope.js';
import {
  AddPointsDocument,
  DeleteUserDocument,
  type ExternalIdInput,
  ExternalIdsDocument,
  LinkExternalIdDocument,
  UserDocument,
} from '../operations/generated.js';
import { hold } from '../support/held.js';
import type { Credential, IssuedToken, TestResponse, TestServer } from '../support/server.js';
import { itOnTwoNodes } from '../support/server-fixture.js';

const it = itOnTwoNodes();

let everything: IssuedToken;
let linker: IssuedToken;
it.beforeAll(async ({ server }) => {
  everything = await server.everything();
  linker = await server.token(['users:link']);
});

let count = 0;
const freeId = (issuer = 'twitch'): ExternalIdInput => ({ issuer, id: `free-${++count}` });
const link = (server: TestServer, by: Credential, { id }: { id: string }, external: ExternalIdInput) =>
  server.send(by, LinkExternalIdDocument, { input: { user: { id }, external } });
const extensions = ({ errors }: TestResponse) => errors?.[0]?.extensions;

describe('Mutation.linkExternalId', () => {
  it('links a user to an id, by which the user is found from then on', async ({ server }) => {
    const [user, external] = [await server.user(), freeId()];
    const response = await link(server, linker, user, external);
    const { id, username } = user;
    expect(response.data.linkExternalId.user).toEqual({ id, username, externalIds: [external] });
    const found = await server.send(everything, UserDocument, { by: { external } });
    expect(found.data.user).toEqual({ id, username });
  });

  it('returns the same for the same link again, which is recorded once, with the issuer and without the id', async ({
    server,
  }) => {
    const [user, external] = [await server.user(), freeId('mail.example.com')];
    const first = await link(server, linker, user, external);
    const again = await link(server, linker, user, external);
    expect(again.data).toEqual(first.data);
    const events = await server.database.query(
      `select * from audit_events where subject_id = $1 and action = 'EXTERNAL_ID_LINKED'`,
      [user.id],
    );
    expect(events).toMatchObject([
      { actor_id: linker.owner.id, actor_token_id: linker.id, detail: 'mail.example.com' },
    ]);
    expect(JSON.stringify(events)).not.toContain(external.id);
  });

  it('lists the ids of a user, the first linked first, to a caller with users:link and to the user', async ({
    server,
  }) => {
    const session = await server.session();
    const [first, second] = [freeId('b'), freeId('a')];
    for (const external of [first, second]) await link(server, linker, session.user, external);
    const by = { id: session.user.id };
    for (const credential of [session, await server.token(['users:read', 'users:link'])]) {
      const { data, errors } = await server.send(credential, ExternalIdsDocument, { by });
      expect(errors).toBeUndefined();
      expect(data.user.externalIds).toMatchObject([first, second]);
      expect(Date.parse(data.user.externalIds?.[0]?.linkedAt ?? '')).toBeGreaterThan(0);
    }
  });

  it('does not show the ids to another user, nor to a token without users:link', async ({ server }) => {
    const user = await server.user({ externalIds: [freeId()] });
    for (const credential of [await server.session(), await server.token(['users:read', 'users:write'])]) {
      const response = await server.send(credential, ExternalIdsDocument, { by: { id: user.id } });
      expect(extensions(response)).toMatchObject({ code: 'FORBIDDEN', coordinate: 'User.externalIds' });
      expect(JSON.stringify(response.data ?? null)).not.toContain('free-');
    }
  });

  it('is refused to anonymous callers, to a token without users:link, to a revoked token, and to the user', async ({
    server,
  }) => {
    const [session, external] = [await server.session(), freeId()];
    const revoked = await server.token(SCOPES);
    await server.database.query('update tokens set revoked_at = now() where id = $1', [revoked.id]);
    expect((await link(server, undefined, session.user, external)).status).toBe(401);
    expect(extensions(await link(server, revoked, session.user, external))).toMatchObject({ reason: 'TOKEN_REVOKED' });
    for (const credential of [session, await server.token(['users:write'])]) {
      const denied = await link(server, credential, session.user, external);
      expect(denied.status).toBe(403);
      expect(extensions(denied)).toMatchObject({
        coordinate: 'Mutation.linkExternalId',
        missingScopes: ['USERS_LINK'],
      });
    }
    expect((await server.send(everything, UserDocument, { by: { external } })).data.user).toBeNull();
  });

  it('is refused with USER_NOT_FOUND for a user who was deleted or does not exist', async ({ server }) => {
    const gone = await server.user();
    await server.send(everything, DeleteUserDocument, { user: { id: gone.id } });
    for (const user of [gone, { id: 'no uuid' }]) {
      expect(extensions(await link(server, linker, user, freeId()))).toMatchObject({ code: 'USER_NOT_FOUND' });
    }
  });

  it('refuses the 21st id of a user, and repeats the link of the 20th', async ({ server }) => {
    const held = Array.from({ length: 20 }, () => freeId());
    const user = await server.user({ externalIds: held });
    expect(extensions(await link(server, linker, user, freeId()))).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'input.external',
    });
    const again = await link(server, linker, user, held[19] ?? freeId());
    expect(again.data.linkExternalId.user.externalIds).toHaveLength(20);
  });

  it('gives a user 20 ids when 30 are linked at once', async ({ server, other }) => {
    const user = await server.user();
    const responses = await Promise.all(
      Array.from({ length: 30 }, (_, n) => link(n % 2 === 0 ? server : other, linker, user, freeId())),
    );
    const refused = responses.filter(({ errors }) => errors !== undefined);
    expect(refused.map((response) => extensions(response)?.['code'])).toEqual(Array(10).fill('BAD_USER_INPUT'));
    const kept = await server.database.query('select 1 from external_ids where user_id = $1', [user.id]);
    expect(kept).toHaveLength(20);
  });

  describe('for an id that another user has', () => {
    const TAKEN = 'EXTERNAL_ID_TAKEN';

    it('tells a caller without users:write nothing of that user', async ({ server }) => {
      const external = freeId();
      await server.user({ externalIds: [external] });
      const { errors } = await link(server, linker, await server.user(), external);
      expect(errors?.[0]?.message).toBe('Another user has that external id.');
      expect(errors?.[0]?.extensions).toEqual({ code: TAKEN });
    });

    it('tells a caller with users:write whether that user has points', async ({ server }) => {
      const [external, user] = [freeId(), await server.user()];
      await server.user({ externalIds: [external] });
      const writer = await server.token(['users:link', 'users:write']);
      const without = await link(server, writer, user, external);
      expect(without.errors?.[0]?.message).toBe('Another user, without points, has that external id.');
      expect(extensions(without)).toEqual({ code: TAKEN, holderHasPoints: false });
      await server.send(everything, AddPointsDocument, { input: { user: { external }, points: 1 } });
      const withPoints = await link(server, writer, user, external);
      expect(withPoints.errors?.[0]?.message).toBe('Another user, with points, has that external id.');
      expect(extensions(withPoints)).toEqual({ code: TAKEN, holderHasPoints: true });
    });

    it('links it to one of two users when both are linked at once, on two nodes', async ({ server, other }) => {
      const [external, one, two] = [freeId(), await server.user(), await server.user()];
      const held = await hold(server, 'lock table audit_events in share mode');
      // Each has inserted its link, or waits for the other's, when the audit log is free.
      const responses = [link(server, linker, one, external), link(other, linker, two, external)];
      await held.isFollowed();
      await held.release();
      const outcomes = (await Promise.all(responses)).map((response) => extensions(response)?.['code'] ?? 'LINKED');
      expect(outcomes.sort()).toEqual([TAKEN, 'LINKED'].sort());
      const links = await server.database.query('select 1 from external_ids where external_id = $1', [external.id]);
      expect(links).toHaveLength(1);
    });
  });
});
