import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scan } from '../../src/tokens/scan.js';
import { generateSecret } from '../../src/tokens/secret.js';
import { makeDirectory, scrip } from '../process/program.js';

describe('A scan for secrets', () => {
  it('finds each secret in any text, and reports its position and its hint', () => {
    const [one, other] = [generateSecret(), generateSecret()];
    const text = `first line\n  SCRIP_TOKEN="${one}" # x${other}y\n\n${one}`;
    const findings = scan(text);
    expect(findings).toEqual([
      { line: 2, column: 16, hint: `scrip_app_…${one.slice(-4)}` },
      { line: 2, column: 16 + one.length + 5, hint: `scrip_app_…${other.slice(-4)}` },
      { line: 4, column: 1, hint: `scrip_app_…${one.slice(-4)}` },
    ]);
  });

  it('finds nothing in text that only looks like a secret, or in random bytes', () => {
    const secret = generateSecret();
    const wrong = secret.slice(0, -1) + (secret.endsWith('0') ? '1' : '0');
    expect(scan(`${wrong} ${secret.slice(0, -1)} ${secret.toUpperCase()} scrip_app_`)).toEqual([]);
    expect(scan(randomBytes(1_000_000).toString('base64'))).toEqual([]);
  });
});

describe('scrip token scan', () => {
  it('prints the position of each secret and ends with 1, and with 0 where there is none', async () => {
    const directory = await makeDirectory();
    const secret = generateSecret();
    await writeFile(join(directory, 'clean'), 'nothing here');
    await writeFile(join(directory, 'dirty'), `TOKEN=${secret}\n`);
    const [clean, dirty] = [join(directory, 'clean'), join(directory, 'dirty')];
    expect(await scrip(['token', 'scan', clean], { env: {} })).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await scrip(['token', 'scan', clean, dirty], { env: {} })).toEqual({
      status: 1,
      stdout: `${dirty}:1:7: scrip_app_…${secret.slice(-4)}\n`,
      stderr: '',
    });
    const missing = await scrip(['token', 'scan', join(directory, 'missing')], { env: {} });
    expect(missing.status).toBe(2);
  });
});
