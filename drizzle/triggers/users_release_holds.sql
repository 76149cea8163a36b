CREATE OR REPLACE TRIGGER "users_release_holds" AFTER UPDATE OF "deleted_at" ON "users"
  FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION "release_holds"();
