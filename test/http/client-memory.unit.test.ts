import { describe, expect, it } from 'vitest';
import { ClientMemory } from '../../src/http/client-memory.js';

describe('The memory that the server holds for clients', () => {
  function start(limits: ConstructorParameters<typeof ClientMemory>[0]) {
    const memory = new ClientMemory(limits);
    const revoked: string[] = [];
    const hold = (network: string, bytes: number, name = network) => {
      const allocation = memory.allocate(network, () => revoked.push(name));
      allocation.grow(bytes);
      return allocation;
    };
    return { hold, revoked };
  }

  it('is revoked from the network that holds the largest part, oldest first, and never from others', () => {
    const { hold, revoked } = start({ max: 100 });
    hold('honest', 10);
    for (let count = 1; count <= 20; count++) hold('slow', 9, `slow ${count}`);
    hold('another', 10);
    expect(revoked).toEqual(Array.from({ length: 12 }, (_, index) => `slow ${index + 1}`));
  });

  it('is revoked from the larger network, also where its requests are newer', () => {
    const { hold, revoked } = start({ max: 100 });
    hold('early', 40);
    hold('late', 50);
    hold('newest', 30);
    expect(revoked).toEqual(['late']);
  });

  it('is not revoked from what grows, unless its network exceeds its share', () => {
    const { hold, revoked } = start({ max: 100, maxPerNetwork: 60 });
    const growing = hold('growing', 50);
    hold('other', 49);
    growing.grow(5);
    expect(revoked).toEqual(['other']);
    growing.grow(6);
    expect(revoked).toEqual(['other', 'growing']);
  });

  it('is revoked from the largest request of a network beyond its share', () => {
    const { hold, revoked } = start({ max: 1_000, maxPerNetwork: 60 });
    for (let count = 1; count <= 6; count++) hold('shared', 10, `slow ${count}`);
    const small = hold('shared', 1, 'small');
    expect(revoked).toEqual(['slow 1']);
    hold('shared', 9, 'next');
    small.grow(1);
    expect(revoked).toEqual(['slow 1', 'slow 2']);
    hold('shared', 30, 'huge');
    expect(revoked).toEqual(['slow 1', 'slow 2', 'huge']);
  });

  it('is not counted after it was freed or revoked', () => {
    const { hold, revoked } = start({ max: 100 });
    const freed = hold('freed', 80);
    freed.free();
    freed.free();
    freed.grow(1_000);
    const revokedOne = hold('revoked', 60);
    hold('other', 50);
    expect(revoked).toEqual(['revoked']);
    revokedOne.grow(1_000);
    revokedOne.free();
    hold('third', 50);
    expect(revoked).toEqual(['revoked']);
  });

  it('can be exceeded by one response alone', () => {
    const { hold, revoked } = start({ max: 100 });
    hold('small', 1);
    hold('huge', 1_000);
    expect(revoked).toEqual(['small']);
  });
});
