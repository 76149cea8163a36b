import {
  type ConstValueNode,
  type GraphQLField,
  type GraphQLOutputType,
  getNamedType,
  isInputObjectType,
  isObjectType,
  isRequiredInputField,
  Kind,
} from 'graphql';
import { afterAll, describe, expect, vi } from 'vitest';
import { SCOPES_OF_ROLE } from '../../src/auth/principal.js';
import { scopeName } from '../../src/auth/scope.js';
import { buildSchema } from '../../src/graphql/build-schema.js';
import { AddPointsDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { withDeadline } from '../support/held.js';
import type { LoggedIn, TestServer } from '../support/server.js';
import { openSocket } from '../support/socket.js';

/** A root field that a user may use on what is their own, and that names the user by `UserBy`. */
interface OwnedField {
  readonly coordinate: string;
  /** A whole operation, with the variable `$user`. */
  readonly document: string;
}

/** Stops the next request behind the verification of its credential: the one place that every operation comes by. */
const barrier = vi.hoisted(() => {
  let armed: { readonly reach: () => void; readonly opened: Promise<void> } | undefined;
  return {
    arm: () => {
      let open = () => {};
      const opened = new Promise<void>((resolve) => {
        open = resolve;
      });
      const reached = new Promise<void>((resolve) => {
        armed = { reach: resolve, opened };
      });
      return { reached, open };
    },
    pass: async () => {
      const stop = armed;
      armed = undefined;
      stop?.reach();
      await stop?.opened;
    },
  };
});

vi.mock('../../src/auth/verify-bearer.js', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../src/auth/verify-bearer.js')>();
  const createVerifyBearer: typeof original.createVerifyBearer = (verifiers) => {
    const verify = original.createVerifyBearer(verifiers);
    return async (bearer) => {
      const verified = await verify(bearer);
      await barrier.pass();
      return verified;
    };
  };
  return { ...original, createVerifyBearer };
});
afterAll(() => void vi.doUnmock('../../src/auth/verify-bearer.js')); // the next file of this process verifies without it

const schema = buildSchema();

/** Values for required inputs, by their type. */
const VALUES: Readonly<Record<string, string>> = { String: '"by-the-old-name"', Points: '1', ID: '"x"', Int: '1' };

/** Fields by which a response tells whom it is about. */
const TELLING = new Set([
  'id',
  'deletedUserId',
  'sequence',
  'message',
  'user',
  'author',
  'post',
  'nodes',
  'result',
  'payload',
]);

function ownedFields(): OwnedField[] {
  const roots = {
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
  };
  return Object.entries(roots).flatMap(([kind, type]) =>
    Object.values(type?.getFields() ?? {}).flatMap((field) => {
      const owner = ownerPathOf(field);
      if (owner === undefined || !endsAtUser(field, owner) || isOpenToUsers(field)) return [];
      const call = `${field.name}(${argumentsOf(field, owner)})`;
      return [
        {
          coordinate: `${type}.${field.name}`,
          document: `${kind} ($user: UserBy!) { field: ${call} ${selectionOf(field.type)} }`,
        },
      ];
    }),
  );
}

function argumentOfAuth(field: GraphQLField<unknown, unknown>, named: string): ConstValueNode | undefined {
  const directive = field.astNode?.directives?.find(({ name }) => name.value === 'auth');
  return directive?.arguments?.find(({ name }) => name.value === named)?.value;
}

function ownerPathOf(field: GraphQLField<unknown, unknown>): string[] | undefined {
  const value = argumentOfAuth(field, 'owner');
  return value?.kind === Kind.STRING ? value.value.split('.') : undefined;
}

/** Whether every logged-in user holds the scopes of the field, and so may use it on any user. */
function isOpenToUsers(field: GraphQLField<unknown, unknown>): boolean {
  const held = SCOPES_OF_ROLE.USER.map(scopeName);
  const isHeld = (scope: ConstValueNode) => scope.kind === Kind.ENUM && held.includes(scope.value);
  const all = argumentOfAuth(field, 'scope');
  const any = argumentOfAuth(field, 'anyScope');
  return (all?.kind !== Kind.LIST || all.values.every(isHeld)) && (any?.kind !== Kind.LIST || any.values.some(isHeld));
}

function endsAtUser(field: GraphQLField<unknown, unknown>, [name, ...rest]: readonly string[]): boolean {
  const argument = field.args.find((one) => one.name === name);
  let type = argument && getNamedType(argument.type);
  for (const key of rest) {
    const next = isInputObjectType(type) ? type.getFields()[key] : undefined;
    type = next && getNamedType(next.type);
  }
  return type?.name === 'UserBy';
}

function argumentsOf(field: GraphQLField<unknown, unknown>, [name, key]: readonly string[]): string {
  const isResumable = field.args.some((one) => one.name === 'after' && getNamedType(one.type).name === 'Int');
  if (key === undefined) return `${name}: $user${isResumable ? ', after: 0' : ''}`;
  const type = field.args.find((one) => one.name === name)?.type;
  const input = type && getNamedType(type);
  const inputs = isInputObjectType(input) ? Object.values(input.getFields()) : [];
  const others = inputs.filter(
    (input) => input.name !== key && (isRequiredInputField(input) || input.name === 'username'),
  );
  return `${name}: { ${[`${key}: $user`, ...others.map((input) => `${input.name}: ${VALUES[getNamedType(input.type).name]}`)].join(', ')} }`;
}

function selectionOf(type: GraphQLOutputType, depth = 0): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields())
    .filter(({ name }) => TELLING.has(name))
    .filter((field) => !isObjectType(getNamedType(field.type)) || depth < 4)
    .map((field) => `${field.name} ${selectionOf(field.type, depth + 1)}`);
  return `{ __typename ${fields.join(' ')} }`;
}

/**
 * The credential is verified, and says which name the caller has; then the name is handed over; then the operation is
 * decided on and executed. The test stops it in between.
 */
describe('A field for owners, by a username that another user has taken meanwhile,', () => {
  const fields = ownedFields();

  it('is found in the schema', () => {
    expect(fields.map(({ coordinate }) => coordinate)).toEqual(
      expect.arrayContaining([
        'Query.sessions',
        'Mutation.spendPoints',
        'Mutation.resolvePoints',
        'Mutation.revokeSessions',
        'Mutation.updateUser',
        'Mutation.deleteUser',
        'Mutation.createPost',
        'Subscription.pointsChanged',
      ]),
    );
  });

  const ROWS = {
    users: 'select * from users where id = $1',
    balances: 'select points from balances where user_id = $1',
    sessions: 'select id, ended_at from sessions where user_id = $1',
    posts: 'select id from posts where author_id = $1',
    entries: 'select sequence from entries where user_id = $1',
  };
  const rowsOf = async (server: TestServer, id: string) =>
    await Promise.all(Object.values(ROWS).map((statement) => server.database.query(statement, [id])));

  /** What sends an operation of the caller, whose credential was not verified for it yet. */
  type Send = (document: string, variables: object) => Promise<unknown>;

  const SENDERS: Readonly<Record<string, (server: TestServer, caller: LoggedIn) => Promise<Send>>> = {
    HTTP: async (server, caller) => async (document, variables) => await server.send(caller, document, variables),
    WebSocket: async (server, caller) => {
      const { init, subscribe, next, socket } = await openSocket(server);
      await init(caller);
      return async (document, variables) => {
        subscribe('1', document, variables);
        const message = await next();
        socket.close();
        return message;
      };
    },
  };

  describe.each(Object.keys(SENDERS))('over %s', (transport) => {
    const served = fields.filter(({ document }) => transport === 'WebSocket' || !document.startsWith('subscription'));

    it.for(served)('$coordinate changes and shows nothing of the other user', async ({ document }, { server }) => {
      const [caller, heir, token] = [await server.session(), await server.session(), await server.everything()];
      for (const { user } of [caller, heir]) {
        await server.send(token, AddPointsDocument, { input: { user: { id: user.id }, points: 5 } });
      }
      const { id, username } = caller.user;
      const send = await SENDERS[transport]?.(server, caller);
      const stop = barrier.arm();
      // A name of their own for each transport: one that is taken would be refused for any user.
      const named = document.replace('by-the-old-name', `by-the-old-name-${transport}`);
      const response = send?.(named, { user: { username } });
      await withDeadline(stop.reached, 'No credential was verified.');
      const rename = 'update users set username = $1 where id = $2';
      await server.database.query(rename, [`${username}-gone`, id]);
      await server.database.query(rename, [username, heir.user.id]);
      const before = await rowsOf(server, heir.user.id);
      stop.open();
      const told = JSON.stringify(await response);
      expect(told).not.toContain(heir.user.id);
      expect(told).not.toMatch(/GRAPHQL_VALIDATION_FAILED|UNAUTHENTICATED|INTERNAL_SERVER_ERROR/); // it was executed or denied
      expect(await rowsOf(server, heir.user.id)).toEqual(before);
    });
  });
});
