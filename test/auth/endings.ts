import { expect } from 'vitest';
import type { User } from '../../src/users/user.js';
import { hold } from '../support/held.js';
import type { Answer, TestServer } from '../support/server.js';
import { itOnTwoNodes } from '../support/server-fixture.js';

/** A credential as a request carries it. */
export interface Credential {
  readonly secret: string;
}

/** Ends a credential while an operation of it runs. */
export type End = () => Promise<Answer>;

/** A statement whose locks an operation waits for, with its values. */
export type Stop = readonly [statement: string, values: unknown[]];

export const userStop = ({ id }: User): Stop => ['select 1 from users where id = $1 for update', [id]];

/** A first field, which has changed a post when its own fields wait for the ledger. */
export const FIRST = (id: string) =>
  `first: updatePost(input: { id: "${id}", title: "changed" }) { post { title author { pointsHistory(first: 1) { nodes { id } } } } }`;
export const FIRST_ANSWER = { post: { title: 'changed', author: { pointsHistory: { nodes: [] } } } };

export const errorAt = ({ errors }: Answer, alias: string) =>
  errors?.find(({ path }) => path?.[0] === alias)?.extensions;

/** `it` for two nodes on one database: `stage` ends credentials through the other one. */
export const it = itOnTwoNodes().extend('stage', { scope: 'file' }, ({ server, other }) => createStage(server, other));

/** Operations run on one node, and their credentials are ended through the other. */
function createStage(server: TestServer, otherNode: TestServer) {
  const asAdmin = async (field: string) => await otherNode.send(await server.everything(), `mutation { ${field} }`);
  const holdFirst = async () => await hold(server, 'lock table entries in access exclusive mode');
  return {
    revoke: (id: string) => asAdmin(`revokeToken(input: { id: "${id}" }) { token { id } }`),
    rotate: (id: string) => asAdmin(`rotateToken(input: { id: "${id}" }) { token { id } }`),
    demote: ({ id }: User) => asAdmin(`updateUser(input: { user: { id: "${id}" }, role: USER }) { user { role } }`),
    remove: ({ id }: User) => asAdmin(`deleteUser(input: { user: { id: "${id}" } }) { deletedUserId }`),
    logOut: (session: Credential) => otherNode.send(session, 'mutation { logOut { user { id } } }'),
    holdFirst,
    /** Runs `fields` after a field that has changed a post and waits, and ends the credential meanwhile. */
    endBetween: async (credential: Credential, fields: string, end: End): Promise<Answer> => {
      const { id } = await server.post(await server.user());
      const held = await holdFirst();
      const answer = server.send(credential, `mutation { ${FIRST(id)} ${fields} }`);
      await held.reached();
      expect((await end()).errors).toBeUndefined();
      await held.release();
      return await answer;
    },
    /** Runs a single field, `next`, that waits, and ends the credential meanwhile. */
    endWithin: async (credential: Credential, stop: Stop, field: string, end: End): Promise<Answer> => {
      const held = await hold(server, ...stop);
      const answer = server.send(credential, `mutation { next: ${field} }`);
      await held.reached();
      expect((await end()).errors).toBeUndefined();
      await held.release();
      return await answer;
    },
    points: async ({ id }: User) =>
      (await server.database.query('select points from balances where user_id = $1', [id]))[0]?.['points'],
    roleOf: async ({ id }: User) =>
      (await server.database.query('select role from users where id = $1', [id]))[0]?.['role'],
    countOf: async (statement: string, values: unknown[]) => (await server.database.query(statement, values)).length,
  };
}
