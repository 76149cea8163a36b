import { readFileSync } from 'node:fs';
import pg from 'pg';
import { describe, expect, onTestFinished } from 'vitest';
import { itOnDatabase as it } from '../support/database-fixture.js';

const ROLE = 'caller_of_functions';
const MIGRATION = new URL('../../drizzle/migrations/0014_cheaper_single_changes.sql', import.meta.url);

const NEW_TABLES = new URL('../../drizzle/migrations/0017_external_ids_and_references.sql', import.meta.url);

describe('A role that may call apply_points', () => {
  it('may call what it calls after the migration, where new functions are granted to no one', async ({ database }) => {
    await database.query(`create role ${ROLE} login password 'a role of the tests'`);
    onTestFinished(() => database.query(`drop owned by ${ROLE}; drop role ${ROLE}`).then(() => {}));
    await database.query(`
      revoke execute on all functions in schema public from public;
      grant execute on function apply_points(jsonb, integer), lock_credential(uuid, uuid), credential_state to ${ROLE};
      grant select, insert, update on all tables in schema public to ${ROLE}`);
    const url = Object.assign(new URL(database.url), { username: ROLE, password: 'a role of the tests' }).href;
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    onTestFinished(() => client.end());
    const callAll = async () => {
      await client.query(`select * from apply_points('[]'::jsonb, 0)`);
      await client.query('select * from lock_credential(null, null)');
    };
    await expect(callAll()).rejects.toMatchObject({ code: '42501' });
    const grants = readFileSync(MIGRATION, 'utf8').split('--> statement-breakpoint').at(-1) ?? '';
    await database.query(grants);
    await expect(callAll()).resolves.toBeUndefined();
  });

  it('may change points after the migration that adds tables which the functions read', async ({ database }) => {
    const role = `${ROLE}_of_old_tables`;
    await database.query(`create role ${role} login password 'a role of the tests'`);
    onTestFinished(() => database.query(`drop owned by ${role}; drop role ${role}`).then(() => {}));
    await database.query(`
      revoke execute on all functions in schema public from public;
      grant execute on all functions in schema public to ${role};
      revoke execute on function change_points, decide_change, write_changes from ${role};
      grant select, insert, update on all tables in schema public to ${role};
      revoke all on external_ids, resting_usernames from ${role}`);
    const url = Object.assign(new URL(database.url), { username: role, password: 'a role of the tests' }).href;
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    onTestFinished(() => client.end());
    const change = async () => {
      const { rows } = await client.query(
        `select row from apply_changes('[{"kind": "ADD", "username": "nobody", "points": 1}]'::jsonb, 0) as row`,
      );
      return rows;
    };
    await expect(change()).rejects.toMatchObject({ code: '42501' });
    const grants = readFileSync(NEW_TABLES, 'utf8').split('--> statement-breakpoint').at(-1) ?? '';
    await database.query(grants);
    expect(await change()).toMatchObject([{ row: { outcome: 'USER_NOT_FOUND' } }]);
  });
});
