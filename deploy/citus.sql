-- Distributes the tables of Scrip over the servers of a Citus cluster, by user. See docs/past-one-server.md, which says what
-- Scrip itself lacks for it.
--
-- NOT YET RUN ON CITUS. A test runs it against functions with the signatures of Citus 14, and compares it with the tables, keys
-- and functions of this release.
--
-- Needs Citus 12 or newer on PostgreSQL 16 or newer, with the extension, the coordinator (citus_set_coordinator_host) and the
-- workers (citus_add_node) set up, and a database that `scrip migrate` has just made: with rows, the append-only triggers refuse
-- to empty what stays on the coordinator. Run it as the owner of the tables, on the coordinator:
--
--   psql --set=ON_ERROR_STOP=1 --file=deploy/citus.sql "$DATABASE_URL"

-- Citus makes the triggers of a table on every shard and every replica. It calls them unsafe, because they may change rows of
-- other servers. These do not: see below for the two that do.
SET citus.enable_unsafe_triggers = on;
SET citus.multi_shard_modify_mode = 'sequential';

-- They change rows of the user's shard when the row of `users` changes on every server, and so do not work there. deleteUser
-- has to do it itself.
DROP TRIGGER "users_release_holds" ON "users";
DROP TRIGGER "users_free_external_ids" ON "users";

-- Reference tables: a copy on every server, which a change of points reads on the shard. Writes go to all copies in a two-phase
-- commit. A unique index need not contain a user's id here, as that of lower(username) does not. `users` is the first, since the
-- others refer to it.
SELECT create_reference_table('users');
SELECT create_reference_table('tokens');
SELECT create_reference_table('sessions');
SELECT create_reference_table('external_ids');

-- Distributed tables: all rows of a user are in the shards of one server.
SELECT create_distributed_table('balances', 'user_id', colocate_with => 'none');
SELECT create_distributed_table('entries', 'user_id', colocate_with => 'balances');
SELECT create_distributed_table('refusals', 'user_id', colocate_with => 'balances');
SELECT create_distributed_table('holds', 'user_id', colocate_with => 'balances');
SELECT create_distributed_table('token_user_counters', 'user_id', colocate_with => 'balances');
SELECT create_distributed_table('former_usernames', 'user_id', colocate_with => 'balances');

-- Local tables: on the coordinator alone. Every server can use them by way of it.
SELECT citus_add_local_table_to_metadata('token_counters', cascade_via_foreign_keys => true);
SELECT citus_add_local_table_to_metadata('token_documents', cascade_via_foreign_keys => true);
SELECT citus_add_local_table_to_metadata('token_usage', cascade_via_foreign_keys => true);
SELECT citus_add_local_table_to_metadata('token_requests');
SELECT citus_add_local_table_to_metadata('resting_usernames', cascade_via_foreign_keys => true);
SELECT citus_add_local_table_to_metadata('posts', cascade_via_foreign_keys => true);
SELECT citus_add_local_table_to_metadata('webhooks', cascade_via_foreign_keys => true);
SELECT citus_add_local_table_to_metadata('webhook_keys', cascade_via_foreign_keys => true);
SELECT citus_add_local_table_to_metadata('webhook_progress', cascade_via_foreign_keys => true);
SELECT citus_add_local_table_to_metadata('webhook_deliveries', cascade_via_foreign_keys => true);
SELECT citus_add_local_table_to_metadata('audit_events');
SELECT citus_add_local_table_to_metadata('throttles');
SELECT citus_add_local_table_to_metadata('scrip_migrations');

-- Made again, so that they are on every server.
\ir ../drizzle/views/answered_keys.sql
\ir ../drizzle/views/answered_hold_keys.sql

-- What the delegated function calls.
SELECT create_distributed_function('session_state(uuid)');
SELECT create_distributed_function('is_restricted(tokens)');
SELECT create_distributed_function('terms_of(tokens)');
SELECT create_distributed_function('token_terms(uuid, timestamptz)');
SELECT create_distributed_function('username_at(uuid, integer, text)');
SELECT create_distributed_function('username_when(uuid, timestamptz, text)');
SELECT create_distributed_function('last_entry_time(ledger_account)');
SELECT create_distributed_function('exceeded_limit(text, bigint, numeric, timestamptz, date)');
SELECT create_distributed_function('lock_token_days(uuid[], integer)');
SELECT create_distributed_function('write_token_days(token_day[])');
SELECT create_distributed_function('write_token_user_days(token_user_day[])');
SELECT create_distributed_function('write_changes(written_entry[], ledger_account[])');
SELECT create_distributed_function('end_expired_holds(ledger_account, timestamptz)');
SELECT create_distributed_function('begin_hold(requested_change, ledger_account, timestamptz)');
SELECT create_distributed_function('end_hold(requested_change, ledger_account, holds, bigint, integer, timestamptz)');
SELECT create_distributed_function(
  'stored_result(requested_change, ledger_account, boolean, uuid, text, json, integer)');
SELECT create_distributed_function('decide_change(requested_change, boolean, json, ledger_account, boolean, users, '
  'ledger_account, users, timestamptz, integer, json)');
SELECT create_distributed_function('count_change(text, bigint, integer, integer, token_terms, token_day, token_user_day, uuid, '
  'timestamptz)');
SELECT create_distributed_function('with_limits(json, json)');
SELECT create_distributed_function('apply_changes(jsonb, integer)');

-- The delegated function: Citus runs a call on the server that has the shard of its user_id. That argument must not be null.
SELECT create_distributed_function('change_points(integer, text, uuid, text, bigint, integer, text, uuid, uuid, uuid, text, '
  'text, text, boolean, text, text, text, jsonb, timestamptz)', 'user_id', colocate_with => 'balances');

-- Citus finds the shard of a statement by its values, which a plan for all values does not have.
ALTER FUNCTION "change_points" RESET "plan_cache_mode";
ALTER FUNCTION "apply_changes" RESET "plan_cache_mode";
ALTER FUNCTION "sequence_before" RESET "plan_cache_mode";
ALTER FUNCTION "entries_between" RESET "plan_cache_mode";
ALTER FUNCTION "leaders" RESET "plan_cache_mode";
