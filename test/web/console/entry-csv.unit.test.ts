import { describe, expect, it } from 'vitest';
import { HISTORY_CSV, LEDGER_CSV } from '../../../src/web/console/points/entry-csv.js';
import type { EntryRowFragment } from '../../../src/web/generated.js';

const ENTRY: EntryRowFragment = {
  id: 'u.2',
  kind: 'TRANSFER_OUT',
  user: { id: 'u', username: 'bob' },
  delta: -3,
  balanceAfter: 7,
  sequence: 2,
  reason: null,
  reference: 'order-7',
  metadata: [
    { key: 'size', value: 'L "large"' },
    { key: '1', value: 'first' },
  ],
  reverses: null,
  reversedBy: { id: 'u.3', sequence: 3 },
  by: { id: 'a', username: 'ada' },
  token: { id: 't', name: 'shop' },
  idempotencyKey: 'k',
  hold: { id: 'u.h3' },
  counterpart: { id: 'v.1', sequence: 1 },
  counterpartUser: { id: 'v', username: 'eve' },
  createdAt: '2025-01-01T00:00:00.000Z',
  recordedAt: '2026-11-30T00:00:00.000Z',
};

describe('An entry as CSV', () => {
  it('says where the entry comes from', () => {
    const cells = Object.fromEntries(HISTORY_CSV.columns.map(({ title, cell }) => [title, cell(ENTRY)]));
    expect(cells).toMatchObject({
      reference: 'order-7',
      reversedBy: 'u.3',
      counterpart: 'v.1',
      counterpartUserId: 'v',
      counterpartUser: 'eve',
      hold: 'u.h3',
      byId: 'a',
      by: 'ada',
      tokenId: 't',
      token: 'shop',
      idempotencyKey: 'k',
      createdAt: ENTRY.createdAt,
      recordedAt: ENTRY.recordedAt,
    });
  });

  it('has metadata as a list, as an export of the command line writes it', () => {
    const metadata = HISTORY_CSV.columns.find(({ title }) => title === 'metadata');
    expect(metadata?.cell(ENTRY)).toBe('[{"key":"size","value":"L \\"large\\""},{"key":"1","value":"first"}]');
    expect(metadata?.cell({ ...ENTRY, metadata: [] })).toBe('');
  });

  it('belongs to a period of a history by its date, and of the ledger by when it was recorded', () => {
    expect([HISTORY_CSV, LEDGER_CSV].map(({ at }) => at?.(ENTRY))).toEqual([ENTRY.createdAt, ENTRY.recordedAt]);
  });
});
