CREATE OR REPLACE TRIGGER "sessions_end_after_changes" AFTER UPDATE OF "ended_at" ON "sessions"
  FOR EACH ROW WHEN (OLD.ended_at IS DISTINCT FROM NEW.ended_at)
  EXECUTE FUNCTION "wait_for_changes"('user_id');
