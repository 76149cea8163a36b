import { readFileSync } from 'node:fs';
import pg from 'pg';
import { describe, expect, onTestFinished } from 'vitest';
import { itOnDatabase as it } from '../support/database-fixture.js';

const ROLE = 'caller_of_functions';

/** The part of a migration that grants what is new in it. */
function grantsOf(migration: string): string {
  const url = new URL(`../../drizzle/migrations/${migration}.sql`, import.meta.url);
  const parts = readFileSync(url, 'utf8').split('--> statement-breakpoint');
  return parts.find((part) => part.includes('aclexplode')) ?? '';
}

describe('A role that may call apply_points', () => {
  it.for([
    {
      migration: '0017_external_ids_and_references',
      functions: 'change_points, decide_change, write_changes',
      tables: 'external_ids, resting_usernames',
    },
    {
      migration: '0021_token_limits',
      functions:
        'token_terms, credential_state, lock_credential, decide_change, decide_limited_change, lock_token_days',
      tables: 'token_counters, token_user_counters, token_requests, token_documents',
    },
  ])(
    'may change points after $migration, where nothing new is granted by default',
    async ({ migration, functions, tables }, { database }) => {
      const role = `${ROLE}_${migration.slice(0, 4)}`;
      await database.query(`create role ${role} login password 'a role of the tests'`);
      onTestFinished(() => database.query(`drop owned by ${role}; drop role ${role}`).then(() => {}));
      await database.query(`
      revoke execute on all functions in schema public from public;
      grant execute on all functions in schema public to ${role};
      revoke execute on function ${functions} from ${role};
      grant select, insert, update on all tables in schema public to ${role};
      revoke all on ${tables} from ${role}`);
      const url = Object.assign(new URL(database.url), { username: role, password: 'a role of the tests' }).href;
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      onTestFinished(() => client.end());
      const change = async () => {
        await client.query('select * from lock_credential(null, null)');
        await client.query('select count(*) from external_ids, token_counters');
        const { rows } = await client.query(
          `select row from apply_changes('[{"kind": "ADD", "username": "nobody", "points": 1}]'::jsonb, 0) as row`,
        );
        return rows;
      };
      await expect(change()).rejects.toMatchObject({ code: '42501' });
      await database.query(grantsOf(migration));
      expect(await change()).toMatchObject([{ row: { outcome: 'USER_NOT_FOUND' } }]);
    },
  );
});
