import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  AddPointsNotedDocument,
  ApplyPointsDocument,
  ApplyPointsNotedDocument,
  type MetadataItemInput,
  PointsEntryNotesDocument,
  ReversePointsNotedDocument,
  SpendPointsDocument,
  type SpendPointsInput,
  SpendPointsNotedDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { keptLedger, refusal } from './ledger.js';

let app: IssuedToken;
it.beforeAll(async ({ server }) => {
  app = await server.everything();
});

const NOTES = {
  reference: 'order 1234',
  metadata: [
    { key: 'b', value: 'second letter, first item' },
    { key: '1', value: '' },
    { key: 'a', value: '"quotes", \\ and 🎁' },
  ],
};

async function notesOf(server: TestServer, id: string) {
  const { reference, metadata } = (await server.send(app, PointsEntryNotesDocument, { id })).data.pointsEntry ?? {};
  return { reference, metadata };
}

describe('The reference and the metadata of a change', () => {
  it('are stored with the entry, in the order given, whichever mutation makes the change', async ({ server }) => {
    const { id } = await server.user();
    const input = { user: { id }, points: 5, ...NOTES };
    const added = (await server.send(app, AddPointsNotedDocument, { input })).data.change.entry;
    const spent = (await server.send(app, SpendPointsNotedDocument, { input: { ...input, points: 2 } })).data.change
      .entry;
    const reversed = (await server.send(app, ReversePointsNotedDocument, { input: { entryId: spent.id, ...NOTES } }))
      .data.change.entry;
    const { data } = await server.send(app, ApplyPointsNotedDocument, {
      input: { operations: [{ add: input }, { spend: input }] },
    });
    const applied = data.applyPoints.results.map(({ payload }) => payload?.entry);
    for (const entry of [added, spent, reversed, ...applied]) {
      expect(entry).toMatchObject(NOTES);
      expect(await notesOf(server, entry?.id ?? '')).toEqual(NOTES);
    }
  });

  it('are null and empty where none were given', async ({ server }) => {
    const { id } = await server.user();
    const input = { user: { id }, points: 5, metadata: [], reference: null };
    const { entry } = (await server.send(app, AddPointsNotedDocument, { input })).data.change;
    expect(entry).toMatchObject({ reference: null, metadata: [] });
    expect(await notesOf(server, entry.id)).toEqual({ reference: null, metadata: [] });
  });

  it('are not compared under an idempotency key: the first ones stay', async ({ server }) => {
    const { id } = await server.user();
    const input = { user: { id }, points: 5, idempotencyKey: 'k' };
    await server.send(app, AddPointsNotedDocument, { input: { ...input, ...NOTES } });
    const other = { ...input, reference: 'another', metadata: [{ key: 'another', value: 'one' }] };
    const { data } = await server.send(app, AddPointsNotedDocument, { input: other });
    expect(data.change).toMatchObject({ replayed: true, entry: NOTES });
    const listed = { add: { ...input, reference: 'a third' } };
    const many = await server.send(app, ApplyPointsNotedDocument, { input: { operations: [listed, listed] } });
    expect(many.data.applyPoints.results.map(({ payload }) => payload)).toMatchObject(
      Array(2).fill({ replayed: true, entry: NOTES }),
    );
    expect(await keptLedger(server, id)).toEqual({ points: 5, deltas: [5] });
  });

  it('may fill their limits', async ({ server }) => {
    const { id } = await server.user();
    const metadata = Array.from({ length: 20 }, (_, n) => ({ key: `${n}`.padStart(40, 'k'), value: 'v'.repeat(150) }));
    for (const notes of [
      { reference: '🎁'.repeat(100) },
      { metadata },
      { metadata: [{ key: 'k', value: 'é'.repeat(200) }] },
    ]) {
      const input = { user: { id }, points: 1, ...notes };
      expect((await server.send(app, AddPointsNotedDocument, { input })).data.change.entry).toMatchObject(notes);
    }
  });
});

const item = (key: string, value = 'v'): MetadataItemInput => ({ key, value });

const REFUSED: readonly [what: string, notes: object, field: string][] = [
  ['an empty reference', { reference: '' }, 'reference'],
  ['a reference of 101 characters', { reference: 'r'.repeat(101) }, 'reference'],
  ['a reference with NUL', { reference: 'a\0b' }, 'reference'],
  ['a reference with half of a surrogate pair', { reference: 'a\ud800' }, 'reference'],
  ['21 items', { metadata: Array.from({ length: 21 }, (_, n) => item(`k${n}`)) }, 'metadata'],
  ['a key twice', { metadata: [item('a'), item('b'), item('a')] }, 'metadata.2.key'],
  ['an empty key', { metadata: [item('')] }, 'metadata.0.key'],
  ['a key of 41 characters', { metadata: [item('k'.repeat(41))] }, 'metadata.0.key'],
  ['a key in capitals', { metadata: [item('a'), item('Order')] }, 'metadata.1.key'],
  ['a value of 201 characters', { metadata: [item('a', 'v'.repeat(201))] }, 'metadata.0.value'],
  ['a value with NUL', { metadata: [item('a', '\0')] }, 'metadata.0.value'],
  [
    'more than 4,096 bytes',
    { reference: 'r', metadata: Array.from({ length: 20 }, (_, n) => item(`k${n}`, 'é'.repeat(103))) },
    'metadata',
  ],
];

describe('A reference or metadata that cannot be kept', () => {
  it.for(REFUSED)('is refused with the field: %s', async ([_what, notes, field], { server }) => {
    const { id } = await server.user();
    const input = { user: { id }, points: 5, idempotencyKey: 'k', ...notes };
    const expected = { code: 'BAD_USER_INPUT', effect: 'NONE' };
    for (const document of [AddPointsDocument, SpendPointsDocument]) {
      const response = await server.send(app, document, { input });
      expect(response.status).toBe(200);
      expect(refusal(response)).toEqual({ ...expected, field: `input.${field}` });
    }
    const reversal = await server.send(app, ReversePointsNotedDocument, { input: { entryId: `${id}.1`, ...notes } });
    expect(refusal(reversal)).toEqual({ ...expected, field: `input.${field}` });
    const good = { add: { user: { id }, points: 5 } };
    const many = await server.send(app, ApplyPointsDocument, { input: { operations: [good, { add: input }] } });
    expect(refusal(many)).toEqual({ ...expected, field: `input.operations.1.add.${field}` });
    expect(await keptLedger(server, id)).toEqual({ points: 0, deltas: [] });
  });
});

describe('A user who spends own points', () => {
  it.for<[field: string, notes: Partial<SpendPointsInput>]>([
    ['reference', { reference: 'order 1234' }],
    ['metadata', { metadata: [item('a')] }],
    ['reference', { reference: null }],
  ])('may not set the %s, which needs POINTS_SPEND', async ([field, notes], { server }) => {
    const session = await server.session();
    await server.send(app, AddPointsDocument, { input: { user: { id: session.user.id }, points: 5 } });
    const input = { user: { id: session.user.id }, points: 1 };
    const response = await server.send(session, SpendPointsDocument, { input: { ...input, ...notes } });
    expect(response.status).toBe(403);
    expect(refusal(response)).toMatchObject({
      code: 'FORBIDDEN',
      coordinate: `SpendPointsInput.${field}`,
      missingScopes: ['POINTS_SPEND'],
    });
    expect((await server.send(session, SpendPointsDocument, { input })).data.change.points).toBe(4);
  });
});
