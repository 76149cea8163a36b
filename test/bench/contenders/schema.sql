-- What a service of this kind keeps when it is written in the obvious way.
CREATE TABLE users (
  id uuid PRIMARY KEY,
  username text NOT NULL UNIQUE,
  role text NOT NULL,
  points bigint NOT NULL CHECK (points >= 0)
);
CREATE INDEX ON users (points DESC, username);
CREATE TABLE entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users,
  delta bigint NOT NULL,
  balance_after bigint NOT NULL,
  token_id uuid NOT NULL,
  idempotency_key text,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON entries (user_id, id);
CREATE UNIQUE INDEX ON entries (user_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE TABLE posts (
  id uuid PRIMARY KEY,
  author_id uuid NOT NULL REFERENCES users,
  title text NOT NULL,
  body text NOT NULL
);
CREATE INDEX ON posts (author_id, id);
CREATE TABLE tokens (
  id uuid PRIMARY KEY,
  secret_hash bytea NOT NULL UNIQUE,
  scopes text[] NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz
);
