import { expect } from 'vitest';
import { CreateUserDocument, DeleteUserDocument, UpdateUserDocument } from '../operations/generated.js';
import type { Credential, TestResponse, TestServer } from '../support/server.js';

export const create = (server: TestServer, credential: Credential, username: string) =>
  server.send(credential, CreateUserDocument, { input: { username } });

export const rename = (server: TestServer, credential: Credential, id: string, username: string) =>
  server.send(credential, UpdateUserDocument, { input: { user: { id }, username } });

export const remove = (server: TestServer, credential: Credential, id: string) =>
  server.send(credential, DeleteUserDocument, { user: { id } });

export const codeOf = ({ errors }: TestResponse) => errors?.[0]?.extensions['code'] ?? 'OK';

/** The row of a name that rests. */
export const readRest = async ({ database }: TestServer, username: string) => {
  const rows = await database.query('select user_id, freed_at from resting_usernames where username = $1', [username]);
  return rows[0];
};

/** Moves the moment at which a name was freed. */
export const freeEarlier = ({ database }: TestServer, username: string, interval: string) =>
  database.query('update resting_usernames set freed_at = now() - $2::interval where username = $1', [
    username,
    interval,
  ]);

/** A user who gave up a name that no other user has. */
export async function renamedUser(server: TestServer) {
  const token = await server.everything();
  const user = await server.user();
  expect((await rename(server, token, user.id, `${user.username}-renamed`)).errors).toBeUndefined();
  return { token, user, freed: user.username };
}
