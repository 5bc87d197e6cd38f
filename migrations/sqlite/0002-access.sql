-- Tokens are kept as the SHA-256 of their text; the text is shown once and never stored.
CREATE TABLE token (
  id TEXT PRIMARY KEY,
  token_sha256 TEXT NOT NULL UNIQUE CHECK (length(token_sha256) = 64),
  project TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('deposit')),
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  revoked_at TEXT,
  last_used_at TEXT
) STRICT;

CREATE TRIGGER token_is_never_deleted BEFORE DELETE ON token
BEGIN SELECT RAISE(ABORT, 'a token is revoked, never deleted'); END;

-- Public keys with which the depositors of a project sign.
CREATE TABLE depositor_key (
  kid TEXT NOT NULL,
  project TEXT NOT NULL,
  jwk TEXT NOT NULL,
  added_at TEXT NOT NULL,
  revoked_at TEXT,
  PRIMARY KEY (kid, project)
) STRICT;

CREATE TRIGGER depositor_key_is_never_deleted BEFORE DELETE ON depositor_key
BEGIN SELECT RAISE(ABORT, 'a key is revoked, never deleted'); END;
