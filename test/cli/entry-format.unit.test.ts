import { describe, expect, it } from 'vitest';
import { createEntryFormat } from '../../src/cli/entry-format.js';
import type { LedgerEntry } from '../../src/points/read-ledger.js';

const STEERING = 'a\u001b[31m\u009b2J\u202eb\u2028c\u{e0001}\nd';

const line: LedgerEntry = {
  userId: '01a2126e-8674-7141-b886-68129a0e1819',
  sequence: 1,
  kind: 'ADD',
  delta: -5,
  balanceAfter: 5,
  reason: STEERING,
  reverses: null,
  recordedAt: new Date(0),
  effectiveAt: null,
  reference: null,
  metadata: null,
  hold: null,
  counterpartUserId: null,
  counterpartSequence: null,
  username: 'bob',
  counterpartUsername: null,
  external: null,
  owner: 'admin',
  token: STEERING,
  idempotencyKey: '=1+1',
};

describe('An export to a terminal', () => {
  it.each(['csv', 'ndjson'] as const)('as %s has no control characters', (format) => {
    const text = createEntryFormat(format, { isTerminal: true, hasExternal: false }).format([line]);
    expect(text).toContain('bob');
    expect(text.replace(/\r?\n$/, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });

  it('as NDJSON is the same JSON as in a file', () => {
    const [shown, exact] = [true, false].map((isTerminal) =>
      JSON.parse(createEntryFormat('ndjson', { isTerminal, hasExternal: false }).format([line])),
    );
    expect(shown).toEqual(exact);
    expect(exact.reason).toBe(STEERING);
  });
});

describe('An export to a file', () => {
  it('as CSV has numbers and text as they are, and an apostrophe before formulas', () => {
    const { header, format } = createEntryFormat('csv', { isTerminal: false, hasExternal: false });
    expect(header).toBe(
      'user,points,reason,key,id,kind,balanceAfter,reverses,owner,token,createdAt,reference,metadata,counterpart,counterpartUser,hold,recordedAt\r\n',
    );
    const noted = { ...line, reference: '=A1', metadata: [{ key: 'shop', value: '=1\u200b' }] };
    expect(format([{ ...noted, reason: 'a, "b"', token: 'till', effectiveAt: new Date(-1_000) }])).toBe(
      `bob,-5,"a, ""b""",'=1+1,01a2126e-8674-7141-b886-68129a0e1819.1,ADD,5,,admin,till,1969-12-31T23:59:59.000Z,'=A1,"[{""key"":""shop"",""value"":""=1\\u200b""}]",,,,1970-01-01T00:00:00.000Z\r\n`,
    );
  });

  it('has the external id of the user where it is asked to, with an apostrophe before one that is untidy', () => {
    const [csv, ndjson] = (['csv', 'ndjson'] as const).map((format) =>
      createEntryFormat(format, { isTerminal: false, hasExternal: true }),
    );
    expect(csv?.header).toMatch(/,recordedAt,external\r\n$/);
    expect(csv?.format([{ ...line, external: ' 7' }])).toMatch(/,' 7\r\n$/);
    expect(JSON.parse(ndjson?.format([{ ...line, external: ' 7' }]) ?? '')).toMatchObject({ external: ' 7' });
  });
});
