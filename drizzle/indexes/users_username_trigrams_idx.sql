CREATE INDEX CONCURRENTLY "users_username_trigrams_idx" ON "users"
  USING gin (lower("username" COLLATE "C") gin_trgm_ops);
