import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPasswords } from '../../src/users/password-hash.js';
import { scrip } from '../process/program.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

describe('scrip user create', () => {
  it('creates a user who cannot log in, and prints their id alone', async () => {
    const { status, stdout, stderr } = await create(['bob']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'Created the user bob.\n' });
    expect(await read('bob')).toEqual({ id: stdout.trimEnd(), role: 'USER', password_hash: null });
  });

  it.each([
    ['root', 'correct horse\n', 'correct horse'],
    ['root-2', 'correct horse\r\n', 'correct horse'],
    ['root-3', ' correct horse\n\n', ' correct horse\n'],
  ])(
    'creates the administrator %s, whose password is %j without its last line break',
    async (name, input, password) => {
      const { status, stdout, stderr } = await create([name, '--admin', '--password-stdin'], input);
      expect(status).toBe(0);
      const user = await read(name);
      expect(user?.['role']).toBe('ADMIN');
      expect(await createPasswords().verify(password, String(user?.['password_hash']))).toBe('RIGHT');
      expect(stdout + stderr).not.toContain('horse');
    },
  );

  it.each([
    ['is too short', 'horse\n'],
    ['is too common', 'password1\n'],
    ['is missing', ''],
    ['is not UTF-8', Buffer.from('correct h\xf6rse', 'latin1')],
  ])('creates no user when the password %s', async (_, input) => {
    const { status, stdout, stderr } = await create(['eve', '--password-stdin'], input);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^scrip: .*password.*\n$/i);
    expect(stderr).not.toContain('horse');
    expect(await read('eve')).toBeUndefined();
  });

  it.each([
    ['create', 'Deleted-1'],
    ['rename', '0198c0de-0000-7000-8000-000000000000', 'Deleted-1'],
  ])('refuses with user %s a name that is reserved for deleted users', async (...args) => {
    const { status, stdout, stderr } = await scrip(['user', ...args], { env: { DATABASE_URL: database.url } });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^scrip: .*`deleted-`.*\n$/);
  });

  it('is refused when another user has the name, in any case', async () => {
    await create(['ann']);
    const { status, stdout, stderr } = await create(['ANN']);
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: 'scrip: Another user has that name.\n',
    });
  });
});

async function create(args: string[], input: string | Uint8Array = '') {
  return await scrip(['user', 'create', ...args], { env: { DATABASE_URL: database.url }, input });
}

async function read(username: string): Promise<Record<string, unknown> | undefined> {
  const [user] = await database.query('select id, role, password_hash from users where username = $1', [username]);
  return user;
}
