/** What `deploy/citus.sql` does, learned by running it against functions with the signatures of Citus. */
import { readFileSync } from 'node:fs';
import type { TestDatabase } from '../support/database.js';

const FILE = new URL('../../deploy/citus.sql', import.meta.url);

/** How the file places the tables of a database. */
export interface Placement {
  /** The column by which a table is distributed. */
  readonly distributed: ReadonlyMap<string, string>;
  readonly reference: readonly string[];
  readonly local: readonly string[];
  /** The functions that every server gets, and of the delegated one the argument that finds the shard. */
  readonly functions: ReadonlyMap<string, string | null>;
}

/** As `src/backend/distributed/sql/udfs` of Citus 14 declares them. */
const CITUS = `
  create schema citus_stub;
  create table citus_stub.calls (position integer generated always as identity, call text, name text, argument text);
  create function create_reference_table(table_name regclass) returns void language sql as
    $$ insert into citus_stub.calls (call, name) values ('reference', table_name::text) $$;
  create function create_distributed_table(table_name regclass, distribution_column text, distribution_type text default 'hash',
      colocate_with text default 'default', shard_count int default null) returns void language sql as
    $$ insert into citus_stub.calls (call, name, argument) values ('distributed', table_name::text, distribution_column) $$;
  create function citus_add_local_table_to_metadata(table_name regclass, cascade_via_foreign_keys boolean default false)
      returns void language sql as
    $$ insert into citus_stub.calls (call, name) values ('local', table_name::text) $$;
  create function create_distributed_function(function_name regprocedure, distribution_arg_name text default null,
      colocate_with text default 'default', force_delegation bool default null) returns void language sql as
    $$ insert into citus_stub.calls (call, name, argument)
       select 'function', proname, distribution_arg_name from pg_proc where oid = function_name $$;`;

/** Runs the file in a migrated database, as psql does, and returns what it has called. It fails where a name does not exist. */
export async function runCitusFile({ query }: TestDatabase): Promise<Placement> {
  await query(CITUS);
  const text = readFileSync(FILE, 'utf8').replaceAll(/^\\ir (.+)$/gm, (_line, path: string) =>
    readFileSync(new URL(path, FILE), 'utf8'),
  );
  await query(text);
  const calls = await query('select call, name, argument from citus_stub.calls order by position');
  const of = (wanted: string) => calls.filter(({ call }) => call === wanted);
  const names = (wanted: string) => of(wanted).map(({ name }) => String(name));
  return {
    distributed: new Map(of('distributed').map(({ name, argument }) => [String(name), String(argument)])),
    reference: names('reference'),
    local: names('local'),
    functions: new Map(
      of('function').map(({ name, argument }) => [String(name), argument === null ? null : String(argument)]),
    ),
  };
}
