-- When the last entry of an account was made; null: there is none. Earlier releases did not record it in the balance.
CREATE OR REPLACE FUNCTION "last_entry_time"(account ledger_account) RETURNS timestamptz LANGUAGE sql STABLE
  RETURN coalesce(account.last_entry_at,
    (SELECT e.created_at FROM entries e WHERE e.user_id = account.user_id AND e.sequence = account.sequence));
