CREATE OR REPLACE TRIGGER "tokens_keep_restrictions" BEFORE UPDATE OF "successor_id" ON "tokens"
  FOR EACH ROW WHEN (NEW.successor_id IS NOT NULL) EXECUTE FUNCTION "refuse_wider_successor"();
