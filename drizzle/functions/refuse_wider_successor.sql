-- A trigger for tokens that are rotated: a node of an earlier release would give the successor of a token with limits, networks
-- or documents none of these.
CREATE OR REPLACE FUNCTION "refuse_wider_successor"() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
BEGIN
  IF is_restricted(OLD) AND NOT EXISTS (
    SELECT FROM tokens t WHERE t.id = NEW.successor_id AND t.root_id = coalesce(OLD.root_id, OLD.id))
  THEN
    RAISE EXCEPTION 'the successor of a token with limits, networks or documents must have the same root'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
