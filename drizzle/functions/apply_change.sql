-- change_points for nodes of earlier releases. Its names are resolved when it is created, whatever the search_path.
CREATE OR REPLACE FUNCTION "apply_change"(change points_change, wait_milliseconds integer) RETURNS json LANGUAGE sql
  RETURN change_points(wait_milliseconds, change.kind, change.user_id, change.username, change.points, change.reverses,
    change.reason, change.owner_id, change.token_id, change.session_id, change.role, change.scopes, change.idempotency_key,
    change.retried);
