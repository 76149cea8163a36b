import { describe, expect } from 'vitest';
import { SCOPES, type Scope, scopeName } from '../../src/auth/scope.js';
import { buildSchema } from '../../src/graphql/build-schema.js';
import { itWith } from '../support/server-fixture.js';
import { type FieldResponse, ROOT_FIELDS } from './root-fields.js';

/** What the role USER holds. */
const OF_EVERY_USER: readonly Scope[] = ['users:read', 'posts:read'];

const it = itWith({ THROTTLE_LOGIN_FAILURES: '0', THROTTLE_SIGNUPS_PER_HOUR: '0' });

describe('Access to a root field', () => {
  it('is specified for each one in the schema', () => {
    const schema = buildSchema();
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const coordinates = roots.flatMap((type) => Object.keys(type?.getFields() ?? {}).map((name) => `${type}.${name}`));
    expect(ROOT_FIELDS.map(({ coordinate }) => coordinate).sort()).toEqual(coordinates.sort());
  });

  /** The denial, or `RUNS`: the operation was executed, whatever its result. */
  function outcome({ status, errors, closed }: FieldResponse): unknown {
    if (closed !== undefined) return { closed };
    if (errors === undefined) return 'RUNS';
    const denial = errors.find(({ extensions }) =>
      ['FORBIDDEN', 'UNAUTHENTICATED'].includes(String(extensions['code'])),
    );
    if (denial === undefined) return status === 200 ? 'RUNS' : { status, errors };
    const { code, reason, coordinate, missingScopes, requiredAnyScopes } = denial.extensions;
    return { status, code, reason, coordinate, missingScopes, requiredAnyScopes };
  }

  describe.each(ROOT_FIELDS)('$coordinate', ({ coordinate, send, scopes, anyScopes, isPublic, kind, isForOwner }) => {
    const isStream = coordinate.startsWith('Subscription.');
    const choices = anyScopes.length > 0 ? [anyScopes] : [];
    const forbidden = (missing: readonly Scope[], missingChoices: readonly (readonly Scope[])[] = []) => ({
      status: isStream ? undefined : 403,
      code: 'FORBIDDEN',
      coordinate,
      missingScopes: missing.map(scopeName),
      requiredAnyScopes: missingChoices.length > 0 ? missingChoices.map((some) => some.map(scopeName)) : undefined,
    });
    const enough = [...scopes, ...anyScopes.slice(0, 1)];
    const wrongKind = { ...forbidden([]), reason: kind === 'APP' ? 'APP_TOKEN_REQUIRED' : 'SESSION_REQUIRED' };

    it(`is ${isPublic ? 'open' : 'closed'} to anonymous callers`, async ({ server }) => {
      const response = await send(server, undefined, await server.user());
      if (isPublic) expect(outcome(response)).toBe('RUNS');
      else
        expect(outcome(response)).toMatchObject({
          status: isStream ? undefined : 401,
          code: 'UNAUTHENTICATED',
          reason: 'TOKEN_MISSING',
        });
    });

    it('is closed to a revoked token', async ({ server }) => {
      const token = await server.token(SCOPES);
      await server.database.query('update tokens set revoked_at = now() where id = $1', [token.id]);
      const expected = isStream ? { closed: 4401 } : { status: 401, reason: 'TOKEN_REVOKED' };
      expect(outcome(await send(server, token, await server.user()))).toMatchObject(expected);
    });

    it(`is ${kind === 'USER' ? 'closed' : 'open'} to an app token with ${enough.length === 0 ? 'any scope' : `just ${enough.join(' and ')}`}`, async ({
      server,
    }) => {
      const token = await server.token(enough.length === 0 ? ['posts:read'] : enough);
      const expected = kind === 'USER' ? wrongKind : 'RUNS';
      expect(outcome(await send(server, token, await server.user()))).toEqual(expected);
    });

    it.for(scopes)(
      'is closed to an app token with every scope but %s, even on what its owner owns',
      async (lacking, { server }) => {
        const token = await server.token(SCOPES.filter((scope) => scope !== lacking));
        expect(outcome(await send(server, token, token.owner))).toEqual(
          kind === 'USER' ? wrongKind : { ...forbidden([lacking]), reason: undefined },
        );
      },
    );

    it.for(choices)('is closed to an app token with every scope but %s', async (some, { server }) => {
      const token = await server.token(SCOPES.filter((scope) => !some.includes(scope)));
      expect(outcome(await send(server, token, token.owner))).toEqual({ ...forbidden([], [some]), reason: undefined });
    });

    const beyondUsers = scopes.filter((scope) => !OF_EVERY_USER.includes(scope));
    const forUsers =
      kind === 'APP'
        ? wrongKind
        : beyondUsers.length + choices.length === 0
          ? 'RUNS'
          : { ...forbidden(beyondUsers, choices), reason: undefined };

    it(`is ${forUsers === 'RUNS' ? 'open' : 'closed'} to a logged-in user on what belongs to another user`, async ({
      server,
    }) => {
      expect(outcome(await send(server, await server.session(), await server.user()))).toEqual(forUsers);
    });

    it(`is ${forUsers === 'RUNS' || isForOwner ? 'open' : 'closed'} to a logged-in user on what belongs to them`, async ({
      server,
    }) => {
      const session = await server.session();
      expect(outcome(await send(server, session, session.user))).toEqual(isForOwner ? 'RUNS' : forUsers);
    });

    it(`is ${kind === 'APP' ? 'closed' : 'open'} to an ADMIN`, async ({ server }) => {
      const session = await server.session(await server.user({ role: 'ADMIN' }));
      expect(outcome(await send(server, session, await server.user()))).toEqual(kind === 'APP' ? wrongKind : 'RUNS');
    });
  });
});
