import { readFileSync } from 'node:fs';
import pg from 'pg';
import { describe, expect, onTestFinished } from 'vitest';
import { itOnDatabase as it } from '../support/database-fixture.js';

const ROLE = 'caller_of_functions';

/** A token that adds at most three points a day, in all and per user, with its owner. */
const LIMITED_TOKEN = `
  with owner as (insert into users (id, username, role) values (gen_random_uuid(), substr(gen_random_uuid()::text, 1, 30), 'USER') returning id),
       balance as (insert into balances (user_id) select id from owner)
  insert into tokens (id, name, format, secret_hash, hint, scopes, owner_id, max_added_per_day, max_added_per_user_per_day)
  select gen_random_uuid(), 'limited', 'OPAQUE', sha256(id::text::bytea), '', '{points:add}', id, 3, 3 from owner
  returning id, owner_id`;

/** What 0034_cheaper_batches made of `decide_limited_change`. */
const AFTER_0034 = 'count_change, with_limits';

/** The part of a migration that grants what is new in it. */
function grantsOf(migration: string): string {
  const url = new URL(`../../drizzle/migrations/${migration}.sql`, import.meta.url);
  const parts = readFileSync(url, 'utf8').split('--> statement-breakpoint');
  const grants = parts.find((part) => part.includes('aclexplode')) ?? '';
  return grants.replace('decide_limited_change', AFTER_0034);
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
      functions: `terms_of, is_restricted, restrictions_of, token_terms, credential_state, lock_credential, count_requests,
        lock_token_days, write_token_days, exceeded_limit, decide_change, ${AFTER_0034}`,
      tables: 'token_counters, token_user_counters, token_requests, token_documents',
    },
    {
      migration: '0023_holds',
      functions: `begin_hold, end_hold, end_expired_holds, mark_expired_holds, last_entry_time, username_when, stored_result,
        exceeded_limit, write_token_user_days, decide_change, ${AFTER_0034}, write_changes`,
      tables: 'holds, answered_hold_keys',
    },
    { migration: '0031_cheaper_changes', functions: 'decide_change', tables: '' },
    { migration: '0034_cheaper_batches', functions: `decide_change, ${AFTER_0034}, apply_points`, tables: '' },
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
      ${tables === '' ? '' : `revoke all on ${tables} from ${role}`}`);
      const url = Object.assign(new URL(database.url), { username: role, password: 'a role of the tests' }).href;
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      onTestFinished(() => client.end());
      const [token] = await database.query(LIMITED_TOKEN);
      const { id: tokenId, owner_id: ownerId } = token ?? {};
      const added = { kind: 'ADD', userId: ownerId, ownerId, tokenId, retried: false, points: 2 };
      const change = async () => {
        await client.query('select * from lock_credential(null, null)');
        await client.query('select restrictions_of(t) from tokens t');
        await client.query('select count(*) from external_ids, token_documents');
        await client.query('select * from count_requests($1, 1, 1)', [tokenId]);
        const { rows } = await client.query('select row from apply_changes($1::jsonb, 0) as row', [
          JSON.stringify([added, added]),
        ]);
        return rows;
      };
      await expect(change()).rejects.toMatchObject({ code: '42501' });
      await database.query(grantsOf(migration));
      expect(await change()).toMatchObject([{ row: { outcome: 'APPLIED' } }, { row: { outcome: 'TOKEN_LIMIT' } }]);
    },
  );
});

describe('A role that writes the audit log', () => {
  it('may use the tables of webhooks after 0026_webhooks, where nothing new is granted by default', async ({
    database,
  }) => {
    await database.query('create role writer_of_audit');
    onTestFinished(() => database.query('drop owned by writer_of_audit; drop role writer_of_audit').then(() => {}));
    await database.query('grant insert on audit_events to writer_of_audit');
    await database.query(grantsOf('0026_webhooks'));
    const granted = await database.query(
      `select table_name, string_agg(privilege_type, ' ' order by privilege_type) as privileges
         from information_schema.role_table_grants
        where grantee = 'writer_of_audit' and table_name like 'webhook%' group by table_name order by table_name`,
    );
    const privileges = 'DELETE INSERT SELECT UPDATE';
    expect(granted).toEqual(
      ['webhook_deliveries', 'webhook_keys', 'webhook_progress', 'webhooks'].map((table_name) => ({
        table_name,
        privileges,
      })),
    );
  });
});
