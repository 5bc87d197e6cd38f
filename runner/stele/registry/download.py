"""Downloads one large file so that an interruption costs only what was not there yet."""

import json
import os
import re
import time

from stele.registry.connection import Connection, ConnectionLost
from stele.registry.problem import refusal_of
from stele.registry.retry import PAUSES_SECONDS, RegistryBusy, refuse_if_busy

CONTENT_RANGE = re.compile(r"bytes (\*|\d+)(?:-\d+)?/(\d+)\Z")


class PartFile(object):
    """`<name>.part` and, beside it, the ETag of what it is a part of.

    Without that ETag two halves of different files could end up in one.
    """

    def __init__(self, target):
        self.target = target
        self.path = target + ".part"
        self._etag_path = self.path + ".etag"

    def size(self):
        return os.path.getsize(self.path) if os.path.exists(self.path) else 0

    def etag(self):
        """None where the part cannot be continued."""
        try:
            with open(self._etag_path, "r", encoding="utf-8") as stream:
                etag = json.load(stream)["etag"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        # A weak ETag promises equal meaning, not equal bytes.
        is_strong = isinstance(etag, str) and not etag.startswith("W/")
        return etag if is_strong and self.size() > 0 else None

    def restart(self, etag):
        with open(self.path, "wb"):
            pass
        with open(self._etag_path, "w", encoding="utf-8") as stream:
            json.dump({"etag": etag}, stream)

    def append(self, chunks, on_bytes):
        with open(self.path, "ab") as stream:
            for chunk in chunks:
                stream.write(chunk)
                on_bytes(len(chunk))
            stream.flush()
            os.fsync(stream.fileno())

    def complete(self):
        os.rename(self.path, self.target)
        if os.path.exists(self._etag_path):
            os.unlink(self._etag_path)


def download(base_url, path, target, console, pauses=PAUSES_SECONDS):
    """Leaves the whole file under `target`, or nothing there and a part to continue from."""
    part = PartFile(target)
    pauses_left = list(pauses)
    with Connection(base_url) as connection:
        while True:
            size_before = part.size()
            try:
                _continue(connection, path, part, console)
                break
            except (ConnectionLost, RegistryBusy) as trouble:
                if part.size() > size_before:
                    # As long as something arrives it is worth going on.
                    pauses_left = list(pauses)
                if not pauses_left:
                    raise
                console.note("%s; going on at byte %d" % (trouble.message, part.size()))
                time.sleep(pauses_left.pop(0))
    part.complete()
    return target


def _continue(connection, path, part, console):
    headers = {"Accept": "application/x-tar, */*;q=0.1"}
    etag = part.etag()
    start = part.size() if etag is not None else 0
    if etag is not None:
        headers.update({"Range": "bytes=%d-" % start, "If-Range": etag})
    answer = connection.request("GET", path, headers)
    refuse_if_busy(answer)
    if answer.status == 416 and _range_of(answer) == ("*", str(start)):
        answer.body()
        return
    if answer.status == 206 and not _continues(answer, start, etag) or answer.status == 416:
        # Not what was asked for: nothing of it may be added to the part.
        connection.close()
        part.restart(None)
        return _continue(connection, path, part, console)
    if answer.status == 200:
        start = 0
        part.restart(answer.headers.get("ETag"))
    elif answer.status != 206:
        raise refusal_of(answer, "no bundle")
    total = start + int(answer.headers.get("Content-Length") or 0)
    with console.progress("fetching", total) as progress:
        progress.add(start)
        part.append(answer.chunks(), progress.add)


def _continues(answer, start, etag):
    first, _ = _range_of(answer)
    return first == str(start) and answer.headers.get("ETag") == etag


def _range_of(answer):
    """First byte (or *) and length of the whole, as texts."""
    match = CONTENT_RANGE.match(answer.headers.get("Content-Range", ""))
    return match.groups() if match else (None, None)
