-- A trigger for users who are deleted, whichever release deletes them: their ids in other systems can be linked again.
CREATE OR REPLACE FUNCTION "free_external_ids"() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp
AS $$
BEGIN
  DELETE FROM external_ids x WHERE x.user_id = NEW.id;
  RETURN NULL;
END $$;
