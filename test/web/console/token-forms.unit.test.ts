import { CombinedError } from 'urql';
import { describe, expect, it } from 'vitest';
import { changesOf, valuesOf } from '../../../src/web/console/tokens/edit-values.js';
import { errorsBefore, errorsOf, inputOf, NO_OPERATIONS } from '../../../src/web/console/tokens/issue-values.js';
import { limitValues } from '../../../src/web/console/tokens/limits.js';
import { assignErrors, LIMIT_PATHS } from '../../../src/web/console/tokens/server-errors.js';
import { actionsOn } from '../../../src/web/console/tokens/token-actions.js';

const VALUES = {
  name: ' shop ',
  owner: null,
  expiry: 'never',
  lastDay: '',
  format: 'OPAQUE',
  scopes: new Set(['points:add']),
  operations: NO_OPERATIONS,
  limits: limitValues(null),
  networks: '',
} as const;

describe('The form that issues a token', () => {
  it('sends null for what is left out', () => {
    expect(inputOf(VALUES)).toEqual({
      name: 'shop',
      owner: null,
      scopes: ['POINTS_ADD'],
      format: 'OPAQUE',
      expiresAt: null,
      limits: null,
      networks: null,
      documents: null,
    });
  });

  it('sends limits, networks and operations, from which the scopes follow where none is selected', () => {
    const documents = ['query Names {\n  users {\n    nodes {\n      username\n    }\n  }\n}'];
    const values = {
      ...VALUES,
      scopes: new Set<string>(),
      operations: { isOnly: true, text: 'typed', documents, fault: null },
      limits: { ...VALUES.limits, maxAddedPerDay: 500 },
      networks: '203.0.113.0/24\n::1\n',
    };
    expect(errorsOf(values)).toEqual({});
    expect(inputOf(values)).toMatchObject({
      scopes: null,
      limits: { maxAddedPerDay: 500 },
      networks: ['203.0.113.0/24', '::1'],
      documents,
    });
  });

  it('does not leave a step with errors, and names those of the first step only', () => {
    const errors = errorsOf({
      ...VALUES,
      name: ' ',
      scopes: new Set(),
      limits: { ...VALUES.limits, maxSpentPerDay: 0 },
      networks: 'here',
    });
    expect(Object.keys(errors)).toEqual(['name', 'scopes', 'limits.maxSpentPerDay', 'networks']);
    expect(Object.keys(errorsBefore(1, errors))).toEqual(['name', 'scopes']);
    expect(Object.keys(errorsBefore(3, errors))).toEqual(['name', 'scopes']);
    const { name: _name, scopes: _scopes, ...later } = errors;
    expect(errorsBefore(1, later)).toEqual({});
    expect(Object.keys(errorsBefore(3, later))).toEqual(['limits.maxSpentPerDay']);
  });
});

describe('Errors of the server', () => {
  const FIELDS = ['name', 'owner', 'expiry', 'operations', 'scopes', ...LIMIT_PATHS, 'networks'];
  const errorWith = (extensions: object) =>
    new CombinedError({ graphQLErrors: [{ message: 'wrong', extensions: { ...extensions } }] });

  it.for([
    ['name', { field: 'input.name' }],
    ['owner', { code: 'USER_NOT_FOUND' }],
    ['owner', { field: 'input.owner.username' }],
    ['expiry', { field: 'input.expiresAt' }],
    ['limits.maxAddedPerDay', { field: 'input.limits.maxAddedPerDay' }],
    ['limits.maxAddedPerDay', { field: 'input.limits' }],
    ['operations', { field: 'input.documents' }],
    ['operations', { code: 'FORBIDDEN', coordinate: 'IssueTokenInput.documents' }],
    ['scopes', { code: 'FORBIDDEN', coordinate: 'IssueTokenInput.scopes' }],
  ] as const)('belong to the field %s', ([path, extensions]) => {
    expect(assignErrors(errorWith(extensions), FIELDS)).toEqual({ fields: { [path]: 'wrong' }, rest: undefined });
  });

  it('name the item of a list that they are about', () => {
    const fieldsFor = (field: string) => assignErrors(errorWith({ field }), FIELDS).fields;
    expect(fieldsFor('input.networks.3')).toEqual({ networks: 'Network 4: wrong' });
    expect(fieldsFor('input.documents.0')).toEqual({ operations: 'Operation 1: wrong' });
  });

  it('are shown as they are where no field is named, or there was no response', () => {
    for (const error of [
      errorWith({ field: 'input.id' }),
      errorWith({ code: 'FORBIDDEN', coordinate: 'Mutation.updateToken' }),
      new CombinedError({ networkError: new Error('offline') }),
    ]) {
      expect(assignErrors(error, FIELDS)).toMatchObject({ fields: {}, rest: { message: error.message } });
    }
    expect(assignErrors(undefined, FIELDS)).toEqual({ fields: {}, rest: undefined });
  });
});

describe('The form that edits a token', () => {
  const TOKEN = {
    id: 'an-id',
    name: 'shop',
    format: 'OPAQUE',
    hint: 'scr_…',
    scopes: ['POINTS_ADD'],
    owner: { id: 'bob', username: 'bob' },
    issuedBy: null,
    issuedAt: '2026-11-30T00:00:00.000Z',
    expiresAt: null,
    lastUsedAt: null,
    revokedAt: null,
    pausedAt: null,
    state: 'ACTIVE',
    limits: { ...nulls(), maxAddedPerDay: 500 },
    networks: ['203.0.113.0/24'],
    documents: [],
  } satisfies Parameters<typeof valuesOf>[0];

  it('sends what was changed only', () => {
    const values = valuesOf(TOKEN);
    expect(changesOf(TOKEN, values)).toBeUndefined();
    expect(changesOf(TOKEN, { ...values, name: 'store ' })).toEqual({ id: 'an-id', name: 'store' });
    expect(changesOf(TOKEN, { ...values, expiry: 'never' })).toEqual({ id: 'an-id', expiresAt: null });
  });

  it('sends all limits together, and null for none', () => {
    const values = valuesOf(TOKEN);
    const limits = { ...values.limits, requestsPerMinute: 60 };
    expect(changesOf(TOKEN, { ...values, limits })).toEqual({
      id: 'an-id',
      limits: { maxAddedPerDay: 500, requestsPerMinute: 60 },
    });
    expect(changesOf(TOKEN, { ...values, limits: limitValues(null), networks: '\n' })).toEqual({
      id: 'an-id',
      limits: null,
      networks: null,
    });
  });
});

describe('The buttons of a token', () => {
  const ALL = new Set(['points:add', 'tokens:issue', 'tokens:revoke']);
  const actions = (state: Parameters<typeof actionsOn>[0]['state'], held: ReadonlySet<string> = ALL) =>
    actionsOn({ state, scopes: ['POINTS_ADD'] }, held);

  it('are those that its state allows', () => {
    expect(actions('ACTIVE')).toEqual(['edit', 'pause', 'rotate', 'revoke']);
    expect(actions('PAUSED')).toEqual(['edit', 'resume', 'revoke']);
    expect(actions('EXPIRED')).toEqual([]);
    expect(actions('REVOKED')).toEqual([]);
  });

  it('are those that the caller has the scopes for', () => {
    expect(actions('ACTIVE', new Set(['tokens:revoke']))).toEqual(['pause', 'revoke']);
    expect(actions('PAUSED', new Set(['tokens:issue', 'tokens:revoke']))).toEqual(['revoke']);
    expect(actions('PAUSED', new Set())).toEqual([]);
  });
});

function nulls() {
  return {
    maxPointsPerChange: null,
    maxAddedPerDay: null,
    maxSpentPerDay: null,
    maxAddedPerUserPerDay: null,
    maxSpentPerUserPerDay: null,
    requestsPerMinute: null,
  };
}
