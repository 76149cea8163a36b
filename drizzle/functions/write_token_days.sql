-- Writes the counters of tokens. The caller has locked them.
CREATE OR REPLACE FUNCTION "write_token_days"(days token_day[]) RETURNS void LANGUAGE sql
  SET search_path = public, pg_temp
AS $$
  UPDATE token_counters c
     SET day = d.day, added = d.added, spent = d.spent, added_unlimited = d.added_unlimited, spent_unlimited = d.spent_unlimited
    FROM unnest(days) d WHERE c.root_id = d.root_id;
$$;
