import { describe, expect } from 'vitest';
import { SCOPES } from '../../src/auth/scope.js';
import {
  AddPointsDocument,
  DeleteUserDocument,
  type ExternalIdInput,
  LinkExternalIdDocument,
  UnlinkExternalIdDocument,
  UserDocument,
} from '../operations/generated.js';
import { keptLedger, refusal } from '../points/ledger.js';
import { type Held, hold } from '../support/held.js';
import type { Credential, IssuedToken, TestServer } from '../support/server.js';
import { itOnTwoNodes } from '../support/server-fixture.js';

/** Changes of one user wait for each other in the database only if they run on two nodes. */
const it = itOnTwoNodes();

let everything: IssuedToken;
let linker: IssuedToken;
it.beforeAll(async ({ server }) => {
  everything = await server.everything();
  linker = await server.token(['users:link']);
});

let count = 0;
const newId = (issuer = 'twitch'): ExternalIdInput => ({ issuer, id: `id-${++count}` });
const unlink = (server: TestServer, by: Credential, external: ExternalIdInput) =>
  server.send(by, UnlinkExternalIdDocument, { external });
const add = (server: TestServer, external: ExternalIdInput) =>
  server.send(everything, AddPointsDocument, { input: { user: { external }, points: 7 } });

describe('Mutation.unlinkExternalId', () => {
  it('unlinks the id from its user, and leaves their others', async ({ server }) => {
    const [external, other] = [newId(), newId()];
    const { id, username } = await server.user({ externalIds: [external, other] });
    const { data } = await unlink(server, linker, external);
    expect(data.unlinkExternalId.user).toEqual({ id, username, externalIds: [other] });
    expect((await server.send(everything, UserDocument, { by: { external } })).data.user).toBeNull();
    const events = await server.database.query(
      `select * from audit_events where subject_id = $1 and action = 'EXTERNAL_ID_UNLINKED'`,
      [id],
    );
    expect(events).toMatchObject([{ actor_id: linker.owner.id, actor_token_id: linker.id, detail: 'twitch' }]);
    expect(JSON.stringify(events)).not.toContain(external.id);
  });

  it('frees the id for another user at once', async ({ server }) => {
    const [external, heir] = [newId(), await server.user()];
    await server.user({ externalIds: [external] });
    await unlink(server, linker, external);
    const input = { user: { id: heir.id }, external };
    expect((await server.send(linker, LinkExternalIdDocument, { input })).errors).toBeUndefined();
    expect((await server.send(everything, UserDocument, { by: { external } })).data.user.id).toBe(heir.id);
  });

  it('is refused with USER_NOT_FOUND for an id that no user has, also the second time', async ({ server }) => {
    const external = newId();
    expect(refusal(await unlink(server, linker, external))).toEqual({ code: 'USER_NOT_FOUND' });
    await server.user({ externalIds: [external] });
    await unlink(server, linker, external);
    expect(refusal(await unlink(server, linker, external))).toEqual({ code: 'USER_NOT_FOUND' });
  });

  it('is refused to anonymous callers, to a token without users:link, to a revoked token, and to the user', async ({
    server,
  }) => {
    const external = newId();
    const user = await server.user({ externalIds: [external] });
    const revoked = await server.token(SCOPES);
    await server.database.query('update tokens set revoked_at = now() where id = $1', [revoked.id]);
    expect((await unlink(server, undefined, external)).status).toBe(401);
    expect(refusal(await unlink(server, revoked, external))).toMatchObject({ reason: 'TOKEN_REVOKED' });
    for (const credential of [await server.session(user), await server.token(['users:write'])]) {
      const denied = await unlink(server, credential, external);
      expect(denied.status).toBe(403);
      expect(refusal(denied)).toMatchObject({ coordinate: 'Mutation.unlinkExternalId', missingScopes: ['USERS_LINK'] });
    }
    expect((await server.send(everything, UserDocument, { by: { external } })).data.user.id).toBe(user.id);
  });

  it.for<[external: ExternalIdInput, field: string]>([
    [{ issuer: 'Twitch', id: '1' }, 'input.external.issuer'],
    [{ issuer: 'twitch', id: '' }, 'input.external.id'],
  ])('refuses %j', async ([external, field], { server }) => {
    expect(refusal(await unlink(server, linker, external))).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });

  it('unlinks the id from the user who has it under the lock, where it was linked to another one meanwhile', async ({
    server,
    other,
  }) => {
    const external = newId();
    const [first, heir] = [await server.user({ externalIds: [external] }), await server.user()];
    const held = await hold(server, 'select 1 from users where id = $1 for update', [first.id]);
    const response = unlink(other, linker, external);
    await held.reached();
    await server.database.query('update external_ids set user_id = $1 where external_id = $2', [heir.id, external.id]);
    await held.release();
    expect((await response).data.unlinkExternalId.user.id).toBe(heir.id);
  });
});

describe('A change that names its user by an external id, and waits for the account', () => {
  /** Keeps the account locked until the returned change waits for it. */
  async function waiting(server: TestServer, node: TestServer, external: ExternalIdInput, userId: string) {
    const held: Held = await hold(server, 'select 1 from balances where user_id = $1 for update', [userId]);
    return { held, added: add(node, external) };
  }

  it('is for no user once the id is unlinked', async ({ server, other }) => {
    const external = newId();
    const user = await server.user({ externalIds: [external] });
    const locked = await waiting(server, other, external, user.id);
    await locked.held.reached();
    await server.database.query('delete from external_ids where external_id = $1', [external.id]);
    await locked.held.release();
    expect(refusal(await locked.added)).toMatchObject({ code: 'USER_NOT_FOUND', effect: 'NONE' });
    expect((await keptLedger(server, user.id)).deltas).toEqual([]);
  });

  it('is for the user to whom the id is linked by then', async ({ server, other }) => {
    const external = newId();
    const [user, heir] = [await server.user({ externalIds: [external] }), await server.user()];
    const locked = await waiting(server, other, external, user.id);
    await locked.held.reached();
    await server.database.query('update external_ids set user_id = $1 where external_id = $2', [heir.id, external.id]);
    await locked.held.release();
    expect((await locked.added).data.change.user.id).toBe(heir.id);
    expect((await keptLedger(server, user.id)).deltas).toEqual([]);
    expect((await keptLedger(server, heir.id)).deltas).toEqual([7]);
  });

  it.for([
    ['deleted', (server: TestServer, id: string) => server.send(everything, DeleteUserDocument, { user: { id } })],
    ['unlinked', (server: TestServer, _id: string, external: ExternalIdInput) => unlink(server, linker, external)],
  ] as const)('is made before the user is %s, or not at all', async ([, end], { server, other }) => {
    const external = newId();
    const user = await server.user({ externalIds: [external] });
    const [ended, ...added] = await Promise.all([
      end(server, user.id, external),
      ...Array.from({ length: 10 }, (_, n) => add(n % 2 === 0 ? server : other, external)),
    ]);
    added.push(await add(server, external));
    expect(ended.errors).toBeUndefined();
    const refused = added.filter(({ errors }) => errors !== undefined);
    expect(refused).toContain(added.at(-1));
    for (const response of refused) {
      expect(refusal(response)).toMatchObject({ code: 'USER_NOT_FOUND', effect: 'NONE' });
    }
    expect((await keptLedger(server, user.id)).points).toBe(7 * (added.length - refused.length));
  });
});
