import { CombinedError } from 'urql';
import { describe, expect, it } from 'vitest';
import { actionsOn } from '../../../src/web/console/webhooks/webhook-actions.js';
import { assignWebhookErrors } from '../../../src/web/console/webhooks/webhook-errors.js';
import { isFailing, pendingText } from '../../../src/web/console/webhooks/webhook-state.js';
import { hostOf } from '../../../src/web/console/webhooks/webhook-url.js';

describe('The number of pending entries', () => {
  it('is exact up to what the API counts', () => {
    expect([0, 9_999, 10_000].map(pendingText)).toEqual(['0', '9,999', '10,000+']);
  });
});

describe('The host of a webhook', () => {
  it.for([
    ['https://example.com/', 'example.com'],
    ['http://localhost:3000/a?b=https://c', 'localhost:3000'],
    ['https://[2001:db8::1]:8443?a', '[2001:db8::1]:8443'],
  ] as const)('%s is %s', ([url, host]) => {
    expect(hostOf(url)).toBe(host);
  });
});

describe('An active webhook', () => {
  const at = (hour: number) => `2026-06-01T0${hour}:00:00.000Z`;

  it('fails while its last failure is newer than its last delivery', () => {
    const failing = (lastFailureAt: string | null, lastDeliveredAt: string | null) =>
      isFailing({ state: 'ACTIVE', lastFailureAt, lastDeliveredAt });
    expect([failing(null, null), failing(at(1), null), failing(at(2), at(1)), failing(at(1), at(2))]).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(isFailing({ state: 'PAUSED', lastFailureAt: at(1), lastDeliveredAt: null })).toBe(false);
  });
});

describe('The actions on a webhook', () => {
  const actions = (
    held: readonly string[],
    { state = 'ACTIVE', events = ['POINTS_ENTRY'] }: Partial<Parameters<typeof actionsOn>[0]> = {},
  ) => [...actionsOn({ state, events }, new Set(held))].join(' ');

  it('need the scope for changes, and those that send need the scopes of its events', () => {
    expect(actions(['webhooks:read', 'points:read'])).toBe('');
    expect(actions(['webhooks:write'])).toBe('pause delete');
    expect(actions(['webhooks:write', 'points:read'])).toBe('test pause edit redeliver rotate delete');
  });

  it('fit its state, and redeliver entries only where it is sent entries', () => {
    const held = ['webhooks:write', 'points:read', 'users:read'];
    expect(actions(held, { state: 'PAUSED' })).toBe('test resume edit redeliver rotate delete');
    expect(actions(held, { events: ['USER_DELETED'] })).toBe('test pause edit rotate delete');
    expect(actions(held, { events: ['USER_DELETED', 'TOKEN_REVOKED'] })).toBe('pause delete');
  });
});

describe('The errors of a mutation of webhooks', () => {
  const assigned = (extensions: Record<string, unknown>) => {
    const error = new CombinedError({ graphQLErrors: [{ message: 'It is refused.', extensions }] });
    const { fields, rest } = assignWebhookErrors(error, ['url', 'user']);
    return { fields, rest: rest?.graphQLErrors.map(({ message }) => message) };
  };

  it.for([
    [{ code: 'BAD_USER_INPUT', field: 'input.url' }, 'url'],
    [{ code: 'BAD_USER_INPUT', field: 'input.user.username' }, 'user'],
    [{ code: 'USER_NOT_FOUND' }, 'user'],
  ] as const)('belong to the field that they name: %j', ([extensions, field]) => {
    expect(assigned(extensions)).toEqual({ fields: { [field]: 'It is refused.' }, rest: undefined });
  });

  it.for([{ code: 'WEBHOOK_LIMIT' }, { code: 'BAD_USER_INPUT', field: 'input.id' }])(
    'are shown below the fields otherwise: %j',
    (extensions) => {
      expect(assigned(extensions)).toEqual({ fields: {}, rest: ['It is refused.'] });
    },
  );
});
