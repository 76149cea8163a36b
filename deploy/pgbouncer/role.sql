-- Through a pooler Scrip cannot set parameters when it connects: the role has them instead. Run it as a superuser, once the
-- database exists, and have PgBouncer reconnect (RECONNECT) if it runs already.
ALTER ROLE scrip IN DATABASE scrip SET lock_timeout = '1500ms';
ALTER ROLE scrip IN DATABASE scrip SET statement_timeout = '8s';
ALTER ROLE scrip IN DATABASE scrip SET idle_in_transaction_session_timeout = '8s';
ALTER ROLE scrip IN DATABASE scrip SET plan_cache_mode = 'force_generic_plan';
