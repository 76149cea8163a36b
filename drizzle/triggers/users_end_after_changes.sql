CREATE OR REPLACE TRIGGER "users_end_after_changes" AFTER UPDATE OF "role", "deleted_at" ON "users"
  FOR EACH ROW WHEN (OLD.role IS DISTINCT FROM NEW.role OR OLD.deleted_at IS DISTINCT FROM NEW.deleted_at)
  EXECUTE FUNCTION "wait_for_changes"('id');
