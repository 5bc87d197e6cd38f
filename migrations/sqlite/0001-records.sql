-- Everything that was accepted, in the order of acceptance: log_index has no holes.
CREATE TABLE log_entry (
  log_index INTEGER PRIMARY KEY CHECK (log_index >= 0),
  kind TEXT NOT NULL
    CHECK (kind IN ('deposit', 'event', 'withdrawal', 'key', 'depositor-key', 'renewal')),
  -- The record or event it is about, if it is about one.
  subject TEXT CHECK (length(subject) = 71),
  leaf BLOB NOT NULL CHECK (length(leaf) <= 65535),
  leaf_hash TEXT NOT NULL CHECK (length(leaf_hash) = 64)
) STRICT;

-- Every tree head that was ever signed. It is here before anybody else can see it.
CREATE TABLE checkpoint (
  size INTEGER PRIMARY KEY CHECK (size >= 0),
  root TEXT NOT NULL CHECK (length(root) = 64),
  note TEXT NOT NULL
) STRICT;

-- One row per accepted record.
CREATE TABLE record (
  log_index INTEGER PRIMARY KEY REFERENCES log_entry (log_index),
  digest TEXT NOT NULL UNIQUE CHECK (digest GLOB 'sha256:[0-9a-f]*' AND length(digest) = 71),
  sha512 TEXT NOT NULL CHECK (length(sha512) = 128),
  byte_length INTEGER NOT NULL CHECK (byte_length > 0),
  plan_digest TEXT CHECK (length(plan_digest) = 71),
  kind TEXT NOT NULL CHECK (kind IN ('run', 'plan', 'collection')),
  title TEXT NOT NULL,
  authors TEXT NOT NULL,
  project TEXT NOT NULL,
  application TEXT,
  machine TEXT,
  verdict TEXT,
  accepted_at TEXT NOT NULL,
  signatures TEXT,
  signature_keys TEXT NOT NULL,
  runner TEXT NOT NULL CHECK (length(runner) = 71),
  blob_count INTEGER NOT NULL CHECK (blob_count >= 0),
  blob_bytes INTEGER NOT NULL CHECK (blob_bytes >= 0)
) STRICT;

CREATE INDEX record_by_plan ON record (plan_digest, log_index);
CREATE INDEX record_by_project ON record (project, log_index);
CREATE INDEX record_by_application ON record (application, log_index);
CREATE INDEX record_by_kind ON record (kind, log_index);

-- Blobs that some record names. Blobs nobody names are known to the store only.
CREATE TABLE blob (
  digest TEXT PRIMARY KEY CHECK (length(digest) = 71),
  byte_length INTEGER NOT NULL CHECK (byte_length >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE record_blob (
  log_index INTEGER NOT NULL REFERENCES record (log_index),
  digest TEXT NOT NULL REFERENCES blob (digest),
  PRIMARY KEY (log_index, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX record_blob_by_digest ON record_blob (digest);

-- Relations between records, as the records state them; the target may be unknown here.
CREATE TABLE record_relation (
  log_index INTEGER NOT NULL REFERENCES record (log_index),
  type TEXT NOT NULL,
  target TEXT NOT NULL,
  PRIMARY KEY (log_index, type, target)
) STRICT, WITHOUT ROWID;

CREATE INDEX record_relation_by_target ON record_relation (target, type);

CREATE VIRTUAL TABLE record_text USING fts5 (
  title, summary, authors, application, keywords, packages,
  tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);

-- Also against INSERT OR REPLACE, for which SQLite fires no trigger of a deletion.
CREATE TRIGGER log_entry_has_no_holes BEFORE INSERT ON log_entry
WHEN NEW.log_index IS NOT (SELECT coalesce(max(log_index) + 1, 0) FROM log_entry)
BEGIN SELECT RAISE(ABORT, 'log_entry has no holes'); END;
CREATE TRIGGER checkpoint_only_grows BEFORE INSERT ON checkpoint
WHEN NEW.size <= (SELECT coalesce(max(size), -1) FROM checkpoint)
BEGIN SELECT RAISE(ABORT, 'checkpoint only grows'); END;
CREATE TRIGGER log_entry_is_never_updated BEFORE UPDATE ON log_entry
BEGIN SELECT RAISE(ABORT, 'log_entry is append-only'); END;
CREATE TRIGGER log_entry_is_never_deleted BEFORE DELETE ON log_entry
BEGIN SELECT RAISE(ABORT, 'log_entry is append-only'); END;
CREATE TRIGGER checkpoint_is_never_updated BEFORE UPDATE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoint is append-only'); END;
CREATE TRIGGER checkpoint_is_never_deleted BEFORE DELETE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoint is append-only'); END;
CREATE TRIGGER record_is_never_updated BEFORE UPDATE ON record
BEGIN SELECT RAISE(ABORT, 'record is append-only'); END;
CREATE TRIGGER record_is_never_deleted BEFORE DELETE ON record
BEGIN SELECT RAISE(ABORT, 'record is append-only'); END;
CREATE TRIGGER blob_is_never_updated BEFORE UPDATE ON blob
BEGIN SELECT RAISE(ABORT, 'blob is append-only'); END;
CREATE TRIGGER blob_is_never_deleted BEFORE DELETE ON blob
BEGIN SELECT RAISE(ABORT, 'blob is append-only'); END;
CREATE TRIGGER record_blob_is_never_updated BEFORE UPDATE ON record_blob
BEGIN SELECT RAISE(ABORT, 'record_blob is append-only'); END;
CREATE TRIGGER record_blob_is_never_deleted BEFORE DELETE ON record_blob
BEGIN SELECT RAISE(ABORT, 'record_blob is append-only'); END;
CREATE TRIGGER record_relation_is_never_updated BEFORE UPDATE ON record_relation
BEGIN SELECT RAISE(ABORT, 'record_relation is append-only'); END;
CREATE TRIGGER record_relation_is_never_deleted BEFORE DELETE ON record_relation
BEGIN SELECT RAISE(ABORT, 'record_relation is append-only'); END;
