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

-- Public keys with which the depositors of a project sign. A row may change once, from valid to revoked.
CREATE TABLE depositor_key (
  kid TEXT NOT NULL,
  project TEXT NOT NULL,
  jwk TEXT NOT NULL,
  added_at TEXT NOT NULL,
  added_index INTEGER NOT NULL REFERENCES log_entry (log_index),
  revoked_at TEXT,
  revoked_index INTEGER REFERENCES log_entry (log_index),
  PRIMARY KEY (kid, project),
  CHECK ((revoked_at IS NULL) = (revoked_index IS NULL))
) STRICT;

CREATE TRIGGER depositor_key_is_never_deleted BEFORE DELETE ON depositor_key
BEGIN SELECT RAISE(ABORT, 'a key is revoked, never deleted'); END;
CREATE TRIGGER depositor_key_is_revoked_once BEFORE UPDATE ON depositor_key
WHEN OLD.revoked_at IS NOT NULL
  OR NEW.kid IS NOT OLD.kid OR NEW.project IS NOT OLD.project OR NEW.jwk IS NOT OLD.jwk
  OR NEW.added_at IS NOT OLD.added_at OR NEW.added_index IS NOT OLD.added_index
BEGIN SELECT RAISE(ABORT, 'a key is revoked once, and nothing else of it changes'); END;

-- Public keys with which this registry signs: checkpoints (log) or receipts.
CREATE TABLE registry_key (
  kid TEXT PRIMARY KEY,
  role TEXT NOT NULL CHECK (role IN ('log', 'receipt')),
  jwk TEXT NOT NULL,
  introduced_at TEXT NOT NULL,
  introduced_index INTEGER NOT NULL REFERENCES log_entry (log_index),
  retired_at TEXT,
  retired_index INTEGER REFERENCES log_entry (log_index),
  CHECK ((retired_at IS NULL) = (retired_index IS NULL))
) STRICT;

CREATE TRIGGER registry_key_is_never_deleted BEFORE DELETE ON registry_key
BEGIN SELECT RAISE(ABORT, 'a key is retired, never deleted'); END;
CREATE TRIGGER registry_key_is_retired_once BEFORE UPDATE ON registry_key
WHEN OLD.retired_at IS NOT NULL
  OR NEW.kid IS NOT OLD.kid OR NEW.role IS NOT OLD.role OR NEW.jwk IS NOT OLD.jwk
  OR NEW.introduced_at IS NOT OLD.introduced_at OR NEW.introduced_index IS NOT OLD.introduced_index
BEGIN SELECT RAISE(ABORT, 'a key is retired once, and nothing else of it changes'); END;
