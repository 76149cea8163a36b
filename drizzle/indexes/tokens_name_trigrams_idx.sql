CREATE INDEX CONCURRENTLY "tokens_name_trigrams_idx" ON "tokens"
  USING gin (lower("name" COLLATE "C") gin_trgm_ops, (lower("name") COLLATE "C") gin_trgm_ops);
