import { generateKeyPairSync } from 'node:crypto';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { type End, JWT_SECRET, makeDirectory, startProcess } from '../process/program.js';
import { itOnDatabase as it } from '../support/database-fixture.js';

const isRoot = process.getuid?.() === 0;

const PEM = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
/** As long as a path may not be. */
const LONG_PEM = generateKeyPairSync('rsa', { modulusLength: 8192 }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
});

type Env = Readonly<Record<string, string>>;

const serve = async (env: Env): Promise<End> =>
  await startProcess({ env: { PORT: '0', JWT_SECRET, ...env } }, 'scrip serve').end;

/** The faults that `scrip doctor` finds in the settings, the keys and the database. */
async function diagnose(env: Env): Promise<string[]> {
  const { stdout, stderr } = await startProcess({ env: { PORT: '0', JWT_SECRET, ...env } }, ['doctor', '--json']).end;
  expect(stderr).toBe('');
  const found: { level: string; message: string }[] = JSON.parse(stdout);
  return found.filter(({ level }) => level === 'fault').map(({ message }) => message);
}

/** What no output may hold of a secret in several lines. */
const secretLines = (text: string) => text.split('\n').filter((line) => line.length >= 20);

describe('A secret in a setting that names a file', { timeout: 120_000 }, () => {
  it.for([
    ['JWT_PRIVATE_KEY_FILE', PEM, 'JWT_PRIVATE_KEY_FILE names a key that cannot be used: the file does not exist.'],
    ['JWT_PREVIOUS_KEY_FILE', PEM, 'JWT_PREVIOUS_KEY_FILE names a key that cannot be used: the file does not exist.'],
    [
      'JWT_NEXT_KEY_FILE',
      LONG_PEM,
      'JWT_NEXT_KEY_FILE names a key that cannot be used: the name of the file is too long: set the path of a file, not its contents.',
    ],
    ['JWT_SECRET_FILE', LONG_PEM, 'JWT_SECRET_FILE cannot be used: the name of the file is too long'],
    ['DATABASE_LISTEN_URL_FILE', PEM, 'DATABASE_LISTEN_URL_FILE cannot be used: the file does not exist'],
  ] as const)('is not printed where it stands in %s', async ([setting, secret, reason], { database }) => {
    const others: Env = /^JWT_(PRIVATE|SECRET)/.test(setting) ? { JWT_SECRET: '' } : {};
    const env = { DATABASE_URL: database.url, ...others, [setting]: String(secret) };
    const { status, stdout, stderr } = await serve(env);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(
      `scrip: ${setting.startsWith('JWT_SECRET') || setting.startsWith('DATABASE') ? 'Bad settings: ' : ''}${reason}`,
    );
    const found = await diagnose(env);
    expect(found).toContainEqual(expect.stringContaining(reason));
    for (const line of secretLines(String(secret))) expect(stderr + found.join('\n')).not.toContain(line);
  });

  it('is not printed where it stands in ADMIN_PASSWORD_FILE', async ({ database }) => {
    const { status, stdout, stderr } = await serve({
      DATABASE_URL: database.url,
      ADMIN_PASSWORD_FILE: 'correct horse',
    });
    expect(status).toBe(1);
    expect(stderr).toBe('scrip: ADMIN_PASSWORD_FILE names a password that cannot be used: the file does not exist.\n');
    expect(stdout).not.toContain('correct horse');
  });

  it('is not printed where it stands in sslkey of DATABASE_URL', async ({ database }) => {
    const url = new URL(database.url);
    url.searchParams.set('sslkey', String(PEM));
    const { status, stdout, stderr } = await serve({ DATABASE_URL: url.href });
    expect(status).toBe(1);
    expect(stderr).toContain('sslkey in DATABASE_URL cannot be used: the file does not exist.');
    const found = await diagnose({ DATABASE_URL: url.href });
    expect(found).toEqual([expect.stringContaining('sslkey in DATABASE_URL cannot be used: the file does not exist.')]);
    for (const line of secretLines(String(PEM))) expect(stdout + stderr + found.join()).not.toContain(line);
  });
});

describe('A directory in a setting that names a file with a secret', { timeout: 120_000 }, () => {
  it('is an error without its path', async ({ database }) => {
    const folder = await makeDirectory();
    const env = { DATABASE_URL: database.url };
    const key = await serve({ ...env, JWT_SECRET: '', JWT_PRIVATE_KEY_FILE: folder });
    const secret = await serve({ ...env, JWT_SECRET: '', JWT_SECRET_FILE: folder });
    const password = await serve({ ...env, ADMIN_PASSWORD_FILE: folder });
    const url = new URL(database.url);
    url.searchParams.set('sslrootcert', folder);
    const authority = await serve({ DATABASE_URL: url.href });
    expect([key.stderr, secret.stderr, password.stderr, authority.stderr]).toEqual([
      'scrip: JWT_PRIVATE_KEY_FILE names a key that cannot be used: the file is a directory.\n',
      'scrip: Bad settings: JWT_SECRET_FILE cannot be used: the file is a directory.\n',
      'scrip: ADMIN_PASSWORD_FILE names a password that cannot be used: the file is a directory.\n',
      expect.stringMatching(/: sslrootcert in DATABASE_URL cannot be used: the file is a directory\.\n$/),
    ]);
  });
});

describe('A file with a secret that a setting names', { timeout: 120_000 }, () => {
  it.for(['0664', '0646'])(
    'is refused with mode %s, which lets others change it, as a key is',
    async (mode, { database }) => {
      const file = join(await makeDirectory(), 'secret');
      await writeFile(file, database.url);
      await chmod(file, Number.parseInt(mode, 8));
      const reason = `_FILE cannot be used: others can write to the file (mode ${mode}): check what is in it, then run chmod go-w`;
      for (const setting of ['DATABASE_URL', 'METRICS_TOKEN']) {
        const { status, stderr } = await serve({ [`${setting}_FILE`]: file });
        expect({ status, stderr }).toEqual({ status: 1, stderr: `scrip: Bad settings: ${setting}${reason}.\n` });
      }
      expect(await diagnose({ DATABASE_URL_FILE: file })).toEqual([expect.stringContaining(`DATABASE_URL${reason}`)]);
    },
  );

  it.for(['0400', '0440', '0444'])('is taken with mode %s, as containers mount secrets', async (mode, { database }) => {
    const file = join(await makeDirectory(), 'secret');
    await writeFile(file, database.url, { mode: Number.parseInt(mode, 8) });
    expect(await diagnose({ DATABASE_URL_FILE: file })).toEqual([]);
  });

  it.runIf(isRoot)('is refused if it belongs to another user, unless the home does too', async ({ database }) => {
    const folder = await makeDirectory();
    const [file, home] = [join(folder, 'secret'), join(folder, 'home')];
    await writeFile(file, database.url, { mode: 0o600 });
    await chown(file, 12_345, 12_345);
    const { status, stderr } = await serve({ DATABASE_URL_FILE: file });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        'scrip: Bad settings: DATABASE_URL_FILE cannot be used: the file belongs to another user (uid 12345): check who wrote it, then chown it.\n',
    });
    await mkdir(home, { mode: 0o700 });
    await chown(home, 12_345, 12_345);
    expect(await diagnose({ DATABASE_URL_FILE: file, SCRIP_HOME: home })).toEqual([]);
  });
});
