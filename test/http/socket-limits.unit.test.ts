import { describe, expect, it } from 'vitest';
import type { Principal } from '../../src/auth/principal.js';
import { findExcess, mayStay } from '../../src/http/socket-limits.js';

const session = (userId: string, sessionId: string): Principal => ({
  kind: 'USER',
  userId,
  sessionId,
  role: 'USER',
  username: userId,
  scopes: [],
  expiresAt: new Date(0),
});

describe('The limits of WebSockets', () => {
  const network = '192.0.2.1';

  it('leave a tenth to the sessions of one user, however many they begin', () => {
    const occupants = Array.from({ length: 6 }, (_, index) => ({
      network,
      principal: session('one', `${index}`),
      isClosed: false,
    }));
    const other = { network, principal: session('other', '0'), isClosed: false };
    expect(occupants.map((own, index) => mayStay([...occupants.slice(0, index + 1), other], own, 50))).toEqual([
      ...Array(5).fill(true),
      false,
    ]);
    expect(mayStay([...occupants, other], other, 50)).toBe(true);
  });

  it('leave a fifth to the sessions of one address, however many users they have', () => {
    const occupants = Array.from({ length: 11 }, (_, index) => ({
      network,
      principal: session(`${index}`, '0'),
      isClosed: false,
    }));
    const other = { network: '192.0.2.2', principal: session('other', '0'), isClosed: false };
    expect(occupants.map((own, index) => mayStay([...occupants.slice(0, index + 1), other], own, 50))).toEqual([
      ...Array(10).fill(true),
      false,
    ]);
    expect(mayStay([...occupants, other], other, 50)).toBe(true);
  });

  it('let one address have no more sockets that are being closed than it may have open', () => {
    const closing = Array.from({ length: 8 }, (_, index) => ({ network, principal: undefined, isClosed: true, index }));
    const foreign = { network: '192.0.2.2', principal: undefined, isClosed: true, index: 8 };
    const opened = { network, principal: undefined, isClosed: false, index: 9 };
    const overdue = (count: number) => findExcess([foreign, ...closing.slice(0, count), opened], opened, 50).overdue;
    expect(overdue(5)).toEqual([]);
    expect(overdue(8).map(({ index }) => index)).toEqual([0, 1, 2]);
  });
});
