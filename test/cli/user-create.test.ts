import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { createPasswords } from '../../src/users/password-hash.js';
import { scrip } from '../process/program.js';
import type { TestDatabase } from '../support/database.js';
import { itOnDatabase as it } from '../support/database-fixture.js';

describe('scrip user create', () => {
  it('creates a user who cannot log in, and prints their id alone', async ({ database }) => {
    const { status, stdout, stderr } = await create(database, ['bob']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'Created the user bob.\n' });
    expect(await read(database, 'bob')).toEqual({ id: stdout.trimEnd(), role: 'USER', password_hash: null });
  });

  it.for<[name: string, input: string, password: string]>([
    ['root', 'correct horse\n', 'correct horse'],
    ['root-2', 'correct horse\r\n', 'correct horse'],
    ['root-3', ' correct horse\n\n', ' correct horse\n'],
  ])(
    'creates the administrator %s, whose password is %j without its last line break',
    async ([name, input, password], { database }) => {
      const { status, stdout, stderr } = await create(database, [name, '--admin', '--password-stdin'], input);
      expect(status).toBe(0);
      const user = await read(database, name);
      expect(user?.['role']).toBe('ADMIN');
      expect(await createPasswords().verify(password, String(user?.['password_hash']))).toBe('RIGHT');
      expect(stdout + stderr).not.toContain('horse');
    },
  );

  it.for([
    ['is too short', 'horse\n'],
    ['is too common', 'password1\n'],
    ['is missing', ''],
    ['is not UTF-8', Buffer.from('correct h\xf6rse', 'latin1')],
  ])('creates no user when the password %s', async ([_what, input], { database }) => {
    const { status, stdout, stderr } = await create(database, ['eve', '--password-stdin'], input);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^scrip: .*password.*\n$/i);
    expect(stderr).not.toContain('horse');
    expect(await read(database, 'eve')).toBeUndefined();
  });

  it.for([
    ['create', 'Deleted-1'],
    ['rename', '0198c0de-0000-7000-8000-000000000000', 'Deleted-1'],
  ])('refuses with user %s a name that is reserved for deleted users', async (args, { database }) => {
    const { status, stdout, stderr } = await scrip(['user', ...args], { env: { DATABASE_URL: database.url } });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^scrip: .*`deleted-`.*\n$/);
  });

  it('is refused when another user has the name, in any case', async ({ database }) => {
    await create(database, ['ann']);
    const { status, stdout, stderr } = await create(database, ['ANN']);
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: 'scrip: Another user has that name.\n',
    });
  });

  it('takes a name that rests with --freed only', async ({ database }) => {
    const id = randomUUID();
    await database.query(
      `insert into users (id, username, role, deleted_at) values ($1::uuid, 'deleted-' || $1::uuid, 'USER', now())`,
      [id],
    );
    await database.query(`insert into resting_usernames (username, user_id) values ('dora', $1)`, [id]);
    const refused = await create(database, ['Dora']);
    expect(refused).toMatchObject({ status: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^scrip: That name was freed recently\. It can be taken from \S+Z on\.\n$/);
    expect(await create(database, ['Dora', '--freed'])).toMatchObject({
      status: 0,
      stderr: 'Created the user Dora.\n',
    });
    expect(await create(database, ['dora', '--freed'])).toMatchObject({
      status: 1,
      stderr: 'scrip: Another user has that name.\n',
    });
  });
});

async function create({ url }: TestDatabase, args: string[], input: string | Uint8Array = '') {
  return await scrip(['user', 'create', ...args], { env: { DATABASE_URL: url }, input });
}

async function read(database: TestDatabase, username: string): Promise<Record<string, unknown> | undefined> {
  const [user] = await database.query('select id, role, password_hash from users where username = $1', [username]);
  return user;
}
