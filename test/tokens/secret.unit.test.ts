import { expect, it } from 'vitest';
import { generateSecret } from '../../src/tokens/secret.js';

it('Ten thousand secrets are all different, have 256 random bits each, and need no quotes in a shell', () => {
  const secrets = Array.from({ length: 10_000 }, generateSecret);
  expect(new Set(secrets).size).toBe(10_000);
  for (const secret of secrets) expect(secret).toMatch(/^scrip_app_[0-9A-Za-z]{49}$/);
  // Every digit is as likely as any other, 161 times each, give or take; but for the first, which 256 bits do not fill.
  for (let place = 1; place < 43; place++) {
    const digits = new Set(secrets.map((secret) => secret.charAt('scrip_app_'.length + place)));
    expect(digits.size).toBe(62);
  }
});
