import { describe, expect, it } from 'vitest';
import { type ImportLine, ImportOrder } from '../../src/points/import-order.js';

/** A line of a user; `counterpartKey` names the other line of its pair, `receiverId` who gets its points. */
function line(
  userId: string,
  idempotencyKey: string,
  { counterpartKey = null, receiverId = null }: { counterpartKey?: string | null; receiverId?: string | null } = {},
): ImportLine {
  return {
    userId,
    receiverId,
    imported: {
      user: { kind: 'NAMED', username: userId },
      receiver: receiverId === null ? null : { kind: 'NAMED', username: receiverId },
      points: 1,
      reason: null,
      reference: null,
      metadata: null,
      createdAt: undefined,
      idempotencyKey,
      reversedKey: null,
      counterpartKey,
    },
  };
}

const half = (userId: string, key: string, counterpartKey: string) => line(userId, key, { counterpartKey });

/** Takes all that can be done; the keys of a pair are joined. */
function takeAll(order: ImportOrder): string[] {
  const taken: string[] = [];
  for (let steps = order.take(2); steps.length > 0; steps = order.take(2)) {
    taken.push(...steps.map(({ lines }) => lines.map(({ imported }) => imported.idempotencyKey).join('+')));
  }
  return taken;
}

function addAll(order: ImportOrder, lines: readonly ImportLine[]): void {
  for (const one of lines) order.add(one);
}

function reasons(order: ImportOrder): Record<string, string> {
  return Object.fromEntries([...order.waiting()].map(([{ imported }, reason]) => [imported.idempotencyKey, reason]));
}

describe('The order of an import', () => {
  it('is that of the file for each user, and a pair is made once, when it is the next change of both', () => {
    const order = new ImportOrder();
    addAll(order, [line('a', 'a1'), half('a', 'a2', 'b2'), line('a', 'a3'), half('a', 'a4', 'c1')]);
    expect(takeAll(order)).toEqual(['a1']);
    addAll(order, [line('b', 'b1'), half('b', 'b2', 'a2'), half('b', 'b3', 'c2')]);
    expect(takeAll(order)).toEqual(['b1', 'a2+b2', 'a3']);
    addAll(order, [half('c', 'c1', 'a4'), half('c', 'c2', 'b3'), line('c', 'c3')]);
    expect(takeAll(order)).toEqual(['a4+c1', 'b3+c2', 'c3']);
    expect(reasons(order)).toEqual({});
  });

  it('of a line with a receiver is that of both users', () => {
    const order = new ImportOrder();
    addAll(order, [half('b', 'b1', 'c1'), line('a', 'a1', { receiverId: 'b' }), line('a', 'a2'), line('d', 'd1')]);
    expect(takeAll(order)).toEqual(['d1']);
    order.add(half('c', 'c1', 'b1'));
    expect(takeAll(order)).toEqual(['b1+c1', 'a1', 'a2']);
  });

  it('lets all lines of a user wait who gives and receives many times in any order', () => {
    const order = new ImportOrder();
    const count = 2_000;
    for (let index = 0; index < count; index++) order.add(half('a', `a${index}`, `b${index}`));
    expect(takeAll(order)).toEqual([]);
    for (let index = 0; index < count; index++) order.add(half('b', `b${index}`, `a${index}`));
    expect(takeAll(order)).toEqual(Array.from({ length: count }, (_, index) => `a${index}+b${index}`));
  });

  it('names a pair of which a line is missing, and the line that others come after', () => {
    const order = new ImportOrder();
    addAll(order, [
      half('a', 'a1', 'b9'),
      line('a', 'a2'),
      half('a', 'a3', 'c1'),
      half('c', 'c1', 'a3'),
      line('c', 'c2'),
    ]);
    expect(takeAll(order)).toEqual([]);
    const blockedBy = (key: string) => `It comes after the line with the key ${key}, which could not be done.`;
    expect(reasons(order)).toEqual({
      a1: 'No line of another user has the other entry of this pair, b9, so that none of the two was made.',
      a2: blockedBy('a1'),
      a3: blockedBy('a1'),
      c1: blockedBy('a1'),
      c2: blockedBy('c1'),
    });
  });

  it('has no place for pairs that each have to come before the other', () => {
    const order = new ImportOrder();
    addAll(order, [half('a', 'a1', 'b2'), half('a', 'a2', 'b1'), half('b', 'b1', 'a2'), half('b', 'b2', 'a1')]);
    expect(takeAll(order)).toEqual([]);
    expect(Object.keys(reasons(order))).toEqual(['a1', 'a2', 'b1', 'b2']);
  });

  it.each([
    ['of one user', [half('a', 'a1', 'a2'), half('a', 'a2', 'a1')]],
    ['that name others', [half('a', 'a1', 'b1'), half('b', 'b1', 'c1')]],
    ['of which one is given twice', [half('a', 'a1', 'b1'), half('a', 'a1', 'b1')]],
  ])('joins no lines %s', (_, lines) => {
    const order = new ImportOrder();
    addAll(order, lines);
    expect(takeAll(order)).toEqual([]);
  });

  it('refuses more lines that wait than the memory may hold, but not before those that can be done are', () => {
    const order = new ImportOrder(2);
    addAll(order, [line('b', 'b1'), line('b', 'b2'), line('b', 'b3'), half('a', 'a1', 'b4'), line('a', 'a2')]);
    expect(takeAll(order)).toEqual(['b1', 'b2', 'b3']);
    order.add(line('a', 'a3'));
    expect(() => order.take(2)).toThrow(
      'More than 2 lines wait for transfers whose other line comes later in the file',
    );
  });
});
