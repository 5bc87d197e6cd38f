"""What happened in a run directory, one line per event, each on disk before the next step."""

import json
import os

from stele.record.clock import timestamp

JOURNAL = "journal.jsonl"


class Journal(object):
    """Append-only. A runner that is killed loses at most the line it was writing."""

    def __init__(self, directory):
        self._path = os.path.join(directory, JOURNAL)

    def append(self, event, **facts):
        entry = dict(facts, event=event, at=timestamp())
        line = json.dumps(entry, sort_keys=True).encode("ascii") + b"\n"
        with open(self._path, "ab") as stream:
            if self._ends_within_a_line():
                line = b"\n" + line
            stream.write(line)
            stream.flush()
            os.fsync(stream.fileno())
        return entry

    def events(self, name=None):
        """In order; a line that was cut by a kill is left out, wherever it stands."""
        if not os.path.exists(self._path):
            return []
        found = []
        with open(self._path, "rb") as stream:
            for line in stream:
                try:
                    entry = json.loads(line.decode("utf-8"))
                except ValueError:
                    continue
                if isinstance(entry, dict) and name in (None, entry.get("event")):
                    found.append(entry)
        return found

    def last(self, name):
        found = self.events(name)
        return found[-1] if found else None

    def _ends_within_a_line(self):
        size = os.path.getsize(self._path)
        if size == 0:
            return False
        with open(self._path, "rb") as stream:
            stream.seek(size - 1)
            return stream.read(1) != b"\n"
