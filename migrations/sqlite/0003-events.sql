-- Statements about records. The text is that of events/sha256/… in the store, which decides.
CREATE TABLE event (
  position INTEGER PRIMARY KEY CHECK (position >= 0),
  digest TEXT NOT NULL UNIQUE CHECK (digest GLOB 'sha256:[0-9a-f]*' AND length(digest) = 71),
  record TEXT NOT NULL REFERENCES record (digest),
  type TEXT NOT NULL CHECK (type IN ('state', 'citation', 'note')),
  state TEXT CHECK (state IN ('development', 'release', 'research', 'archive')),
  text TEXT NOT NULL CHECK (length(text) <= 65535),
  project TEXT NOT NULL,
  accepted_at TEXT NOT NULL,
  CHECK ((type = 'state') = (state IS NOT NULL))
) STRICT;

CREATE INDEX event_by_record ON event (record, position);
CREATE INDEX event_with_state ON event (record, position, state) WHERE state IS NOT NULL;

CREATE TRIGGER event_is_never_updated BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
