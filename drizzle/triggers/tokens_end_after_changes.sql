CREATE OR REPLACE TRIGGER "tokens_end_after_changes" AFTER UPDATE OF "revoked_at", "expires_at", "scopes" ON "tokens"
  FOR EACH ROW WHEN (OLD.revoked_at IS DISTINCT FROM NEW.revoked_at OR OLD.expires_at IS DISTINCT FROM NEW.expires_at
    OR OLD.scopes IS DISTINCT FROM NEW.scopes)
  EXECUTE FUNCTION "wait_for_changes"('owner_id');
