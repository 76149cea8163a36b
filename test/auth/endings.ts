import { expect } from 'vitest';
import type { User } from '../../src/users/user.js';
import {
  DeleteUserDocument,
  LogOutDocument,
  RevokeTokenDocument,
  RotateTokenDocument,
  UpdateUserDocument,
} from '../operations/generated.js';
import { hold } from '../support/held.js';
import type { TestResponse, TestServer } from '../support/server.js';
import { itOnTwoNodes } from '../support/server-fixture.js';

/** A credential as a request carries it. */
export interface Credential {
  readonly secret: string;
}

/** Ends a credential while an operation of it runs. */
export type End = () => Promise<TestResponse>;

/** A statement whose locks an operation waits for, with its values. */
export type Stop = readonly [statement: string, values: unknown[]];

export const userStop = ({ id }: User): Stop => ['select 1 from users where id = $1 for update', [id]];

/** The data of the first field of `ChangePost…`, which has changed a post when its own fields wait for the ledger. */
export const FIRST_DATA = { post: { title: 'changed', author: { pointsHistory: { nodes: [] } } } };

export const errorAt = ({ errors }: TestResponse, alias: string) =>
  errors?.find(({ path }) => path?.[0] === alias)?.extensions;

export const errorOf = ({ errors }: TestResponse) => errors?.[0]?.extensions;

/** `it` for two nodes on one database: `stage` ends credentials through the other one. */
export const it = itOnTwoNodes().extend('stage', { scope: 'file' }, ({ server, other }) => createStage(server, other));

/** Operations run on one node, and their credentials are ended through the other. */
function createStage(server: TestServer, otherNode: TestServer) {
  const admin = async () => await server.everything();
  const holdFirst = async () => await hold(server, 'lock table entries in access exclusive mode');
  return {
    revoke: async (id: string) => otherNode.send(await admin(), RevokeTokenDocument, { input: { id } }),
    rotate: async (id: string) => otherNode.send(await admin(), RotateTokenDocument, { id }),
    demote: async ({ id }: User) =>
      otherNode.send(await admin(), UpdateUserDocument, { input: { user: { id }, role: 'USER' } }),
    remove: async ({ id }: User) => otherNode.send(await admin(), DeleteUserDocument, { user: { id } }),
    logOut: (session: Credential) => otherNode.send(session, LogOutDocument),
    holdFirst,
    /** Runs an operation whose first field changes a post and waits, and ends its credential meanwhile. */
    endBetween: async <Result extends TestResponse>(
      send: (post: string) => Promise<Result>,
      end: End,
    ): Promise<Result> => {
      const { id } = await server.post(await server.user());
      const held = await holdFirst();
      const response = send(id);
      await held.reached();
      expect((await end()).errors).toBeUndefined();
      await held.release();
      return await response;
    },
    /** Runs an operation that waits for locks, and ends its credential meanwhile. */
    endWithin: async (send: () => Promise<TestResponse>, stop: Stop, end: End): Promise<TestResponse> => {
      const held = await hold(server, ...stop);
      const response = send();
      await held.reached();
      expect((await end()).errors).toBeUndefined();
      await held.release();
      return await response;
    },
    points: async ({ id }: User) =>
      (await server.database.query('select points from balances where user_id = $1', [id]))[0]?.['points'],
    roleOf: async ({ id }: User) =>
      (await server.database.query('select role from users where id = $1', [id]))[0]?.['role'],
    countOf: async (statement: string, values: unknown[]) => (await server.database.query(statement, values)).length,
  };
}
