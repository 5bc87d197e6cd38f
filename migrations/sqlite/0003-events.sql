-- Statements about records. The text is that of events/sha256/… in the store, which decides.
CREATE TABLE event (
  log_index INTEGER PRIMARY KEY REFERENCES log_entry (log_index),
  digest TEXT NOT NULL UNIQUE CHECK (digest GLOB 'sha256:[0-9a-f]*' AND length(digest) = 71),
  record TEXT NOT NULL REFERENCES record (digest),
  type TEXT NOT NULL CHECK (type IN ('state', 'citation', 'note', 'withdrawal')),
  state TEXT CHECK (state IN ('development', 'release', 'research', 'archive')),
  text TEXT NOT NULL CHECK (length(text) <= 65535),
  project TEXT NOT NULL,
  -- Depositor signatures as they are stored; docs/format.md, section 8.
  signatures TEXT,
  signature_keys TEXT NOT NULL,
  accepted_at TEXT NOT NULL,
  CHECK ((type = 'state') = (state IS NOT NULL))
) STRICT;

CREATE INDEX event_by_record ON event (record, log_index);
CREATE INDEX event_with_state ON event (record, log_index, state) WHERE state IS NOT NULL;
CREATE INDEX withdrawal_by_record ON event (record) WHERE type = 'withdrawal';

CREATE TRIGGER event_is_never_updated BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
