CREATE OR REPLACE TRIGGER "tokens_end_after_changes" AFTER UPDATE OF "revoked_at", "expires_at", "scopes", "paused_at",
  "networks", "max_points_per_change", "max_added_per_day", "max_spent_per_day", "max_added_per_user_per_day",
  "max_spent_per_user_per_day" ON "tokens"
  FOR EACH ROW WHEN ((OLD.revoked_at, OLD.expires_at, OLD.scopes, OLD.paused_at, OLD.networks, OLD.max_points_per_change,
    OLD.max_added_per_day, OLD.max_spent_per_day, OLD.max_added_per_user_per_day, OLD.max_spent_per_user_per_day)
    IS DISTINCT FROM (NEW.revoked_at, NEW.expires_at, NEW.scopes, NEW.paused_at, NEW.networks, NEW.max_points_per_change,
    NEW.max_added_per_day, NEW.max_spent_per_day, NEW.max_added_per_user_per_day, NEW.max_spent_per_user_per_day))
  EXECUTE FUNCTION "wait_for_changes"('owner_id');
