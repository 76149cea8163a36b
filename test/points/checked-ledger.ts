import type { Database } from '../../src/database/connect.js';
import { checkSection, type Fault, type Section, WHOLE_LEDGER } from '../../src/points/verify-ledger.js';
import type { TestServer } from '../support/server.js';

/** Checks the ledger section by section, and adds up the results. */
export async function checkLedger(database: Database, from: Section = WHOLE_LEDGER) {
  const sum = { users: 0, entries: 0, faults: [] as Fault[] };
  for (let section: Section | undefined = from; section !== undefined; ) {
    const { users, entries, faults, next } = await checkSection(database, section);
    sum.users += users;
    sum.entries += entries;
    sum.faults.push(...faults);
    section = next;
  }
  return sum;
}

/** What the database itself would refuse: without its triggers, constraints and unique indexes. */
export async function damage(server: TestServer, ...statements: string[]): Promise<void> {
  await server.database.query(`
    do $$ declare rule record; begin
      for rule in select conrelid::regclass as relation, conname from pg_constraint
                   where contype = 'c' and conrelid in ('entries'::regclass, 'balances'::regclass, 'holds'::regclass) loop
        execute format('alter table %s drop constraint %I', rule.relation, rule.conname);
      end loop;
    end $$;
    drop index if exists entries_happen_once_per_key, entries_are_reversed_once, holds_user_id_owner_id_idempotency_key_idx;
    set session_replication_role = replica;
    ${statements.join(';\n')};
    set session_replication_role = default`);
}
