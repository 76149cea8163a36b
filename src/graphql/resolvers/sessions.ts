import { setPassword } from '../../accounts/set-password.js';
import { signUp } from '../../accounts/sign-up.js';
import { authenticated, limitedTo, type Principal, type UserPrincipal } from '../../auth/principal.js';
import { BadUserInput } from '../../errors.js';
import { parseId, parseText } from '../../input.js';
import { changePassword } from '../../sessions/change-password.js';
import { endSession, endSessions } from '../../sessions/end-session.js';
import { logIn } from '../../sessions/log-in.js';
import type { LogInContext } from '../../sessions/log-in-context.js';
import { countSessions, listSessions } from '../../sessions/read-sessions.js';
import { renewSession } from '../../sessions/renew-session.js';
import { sessionState } from '../../sessions/session.js';
import { parsePassword } from '../../users/password.js';
import { parseNewUsername, parseUsername, parseUserRef } from '../../users/user.js';
import type { Context } from '../context.js';
import type { CredentialsInput, Resolvers, UserSessionsArgs } from '../generated.js';
import { byId, connection, listOf, pageRequest } from './connection.js';
import { ownerOf } from './owner-of.js';

/** Characters of a password that is compared: an old one may be shorter than a new one has to be. */
const COMPARED_PASSWORD = { min: 1, max: 256 };

const newestFirst = byId('sessions');

export const resolvers: Pick<Resolvers, 'Query' | 'Mutation' | 'Session' | 'SessionPayload' | 'User'> = {
  Query: {
    sessions: async (_source, { user, ...args }, context) => {
      const whose =
        user == null
          ? limitedTo(context.request.principal, 'tokens:read')
          : await ownerOf(context, { field: 'user', user }, 'tokens:read');
      if (whose !== undefined) return await sessionsOf(context, whose, args);
      const request = pageRequest(newestFirst, args);
      const { database } = context.services;
      return connection(newestFirst, request, await listSessions(database, request), () => countSessions(database));
    },
  },
  Mutation: {
    signUp: async (_source, { input }, context) => {
      const username = parseNewUsername('input.username', input.username);
      const password = parsePassword('input.password', input.password, { username });
      return await signUp({ ...context.services, actor: context.request.actor }, { username, password });
    },
    logIn: async (_source, { input }, context) => {
      // Where HTTP Basic is accepted the input may be left out, which the generated type does not know.
      const credentials: CredentialsInput | undefined = basicOf(context) ?? input;
      if (credentials === undefined) throw new BadUserInput('input', 'Send a name and a password.');
      return await logIn(logInContextOf(context), {
        username: parseUsername('input.username', credentials.username),
        password: parseText('input.password', credentials.password, COMPARED_PASSWORD),
      });
    },
    renewSession: async (_source, { input }, context) =>
      await renewSession(logInContextOf(context), input.refreshToken),
    logOut: async (_source, _args, { services: { database, reads }, request: { actor, principal } }) => {
      const { sessionId, userId } = session(principal);
      const user = await reads.existingUser(userId); // once the session has ended, nothing may fail
      await endSession(database, { id: sessionId, userId }, actor, 'Mutation.logOut');
      return { user };
    },
    changePassword: async (_source, { input }, context) => {
      const { sessionId, userId, username } = session(context.request.principal);
      const currentPassword = parseText('input.currentPassword', input.currentPassword, COMPARED_PASSWORD);
      const newPassword = parsePassword('input.newPassword', input.newPassword, { username });
      return await changePassword(logInContextOf(context), {
        userId,
        username,
        sessionId,
        currentPassword,
        newPassword,
      });
    },
    setPassword: async (_source, { input }, { services, request }) => {
      const userId = await services.reads.userId(parseUserRef('input.user', input.user));
      const change = { userId, password: input.password, field: 'input.password' };
      return { user: await setPassword(services, change, request.actor) };
    },
    revokeSession: async (_source, { input }, { services: { database }, request: { actor, principal } }) => {
      const ref = { id: parseId(input.id), userId: limitedTo(principal, 'tokens:revoke') };
      return { session: await endSession(database, ref, actor, 'Mutation.revokeSession') };
    },
    revokeSessions: async (_source, { input }, context) => {
      const userId = await ownerOf(context, { field: 'input.user', user: input.user }, 'tokens:revoke');
      return await endSessions(context.services.database, userId, context.request.actor);
    },
  },
  Session: {
    state: sessionState,
    isCurrent: ({ id }, _args, { request: { principal } }) => principal.kind === 'USER' && principal.sessionId === id,
    user: async ({ userId }, _args, { services: { reads } }) => await reads.existingUser(userId),
  },
  SessionPayload: {
    user: async ({ userId }, _args, { services: { reads } }) => await reads.existingUser(userId),
  },
  User: {
    sessions: async ({ id }, args, context) => await sessionsOf(context, id, args),
  },
};

async function sessionsOf({ services: { reads } }: Context, userId: string, args: UserSessionsArgs) {
  const order = listOf(newestFirst, { user: userId });
  const request = pageRequest(order, args);
  const page = await reads.sessionsOf({ ...request, of: userId });
  return connection(order, request, page, () => reads.sessionCountOf(userId));
}

/** The session of a field that the policy allows to sessions only. */
function session(principal: Principal): UserPrincipal {
  const caller = authenticated(principal);
  if (caller.kind !== 'USER') throw new Error('The policy allowed a caller without a session.');
  return caller;
}

function logInContextOf({ services, request }: Context): LogInContext {
  return { ...services, actor: request.actor };
}

/** The name and the password that came in the header `Authorization`. */
function basicOf({ request: { instead } }: Context): CredentialsInput | undefined {
  return instead?.kind === 'BASIC' ? instead : undefined;
}
