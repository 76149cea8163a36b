import { availableParallelism } from 'node:os';
import { hash } from '@node-rs/argon2';
import { hash as hashBcrypt } from '@node-rs/bcrypt';
import { describe, expect, it } from 'vitest';
import { PasswordsOverloaded } from '../../src/users/errors.js';
import { createPasswords } from '../../src/users/password-hash.js';

const passwords = createPasswords();

describe('A password hash', () => {
  it('is argon2id with 19 MiB, two passes and one lane, and different each time', async () => {
    const [one, other] = await Promise.all([passwords.hash('correct horse'), passwords.hash('correct horse')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(other);
    expect(await passwords.verify('correct horse', one)).toBe('RIGHT');
    expect(await passwords.verify('correct horse ', one)).toBe('WRONG');
  });

  it('distinguishes passwords that share their first 72 bytes, or look alike', async () => {
    const long = 'x'.repeat(72);
    expect(await passwords.verify(`${long}b`, await passwords.hash(`${long}a`))).toBe('WRONG');
    const composed = 'caf\u00e9-caf\u00e9';
    expect(await passwords.verify(composed.normalize('NFD'), await passwords.hash(composed))).toBe('WRONG');
    expect(await passwords.verify('a', await passwords.hash('a\0b'))).toBe('WRONG');
  });

  it('with weaker parameters is right and outdated', async () => {
    const weak = await hash('correct horse', { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    expect(await passwords.verify('correct horse', weak)).toBe('RIGHT_BUT_OUTDATED');
    expect(await passwords.verify('wrong horse', weak)).toBe('WRONG');
  });

  it.each(['2a', '2b', '2y'] as const)('of bcrypt ($%s$) is right and outdated', async (version) => {
    // The three name one algorithm: what differs is which libraries wrote it.
    const imported = (await hashBcrypt('correct horse', 4)).replace(/^\$2[aby]\$/, `$${version}$`);
    expect(await passwords.verify('correct horse', imported)).toBe('RIGHT_BUT_OUTDATED');
    expect(await passwords.verify('wrong horse', imported)).toBe('WRONG');
  });

  it.each([
    ['none at all', null],
    ['another kind', '$argon2i$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA'],
    ['two gigabytes', '$argon2id$v=19$m=2097152,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA'],
    ['a million passes', '$argon2id$v=19$m=19456,t=1000000,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA'],
    ['a bcrypt cost of 31', '$2b$31$abcdefghijklmnopqrstuuO2mLKB1kD8Y1m5kBVFcZNNHkrJxMhHe'],
    ['no known form', 'plain text'],
  ])('of %s is wrong for any password', async (_what, stored) => {
    expect(await passwords.verify('correct horse', stored)).toBe('WRONG');
  });

  it('is computed on one core each; 64 wait, and one more is refused', async () => {
    const taken = availableParallelism() + 64;
    const results = await Promise.allSettled(Array.from({ length: taken + 10 }, () => passwords.verify('any', null)));
    const refused = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason);
    expect(refused).toHaveLength(10);
    for (const reason of refused) {
      expect(reason).toBeInstanceOf(PasswordsOverloaded);
      expect(reason).toMatchObject({ code: 'OVERLOADED', extensions: { retryAfterSeconds: 1 } });
    }
    expect(await passwords.verify('any', null)).toBe('WRONG');
  });
});
