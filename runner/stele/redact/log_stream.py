"""Writes what a program prints, redacted line by line as it comes, up to a limit."""

import re

LINE_END = re.compile(rb"[\r\n]")
BEGIN_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")
END_KEY = re.compile(rb"-----END [A-Z ]*PRIVATE KEY-----")

MAX_LOG_BYTES = 16 * 1024 * 1024
MAX_LINE_BYTES = 256 * 1024
"""The rest of a longer line is dropped."""


class RedactingLog(object):
    """Takes chunks of bytes in any size; what reaches `sink` is safe to publish.

    `truncated_at` is the number of bytes kept when something had to be left out.
    """

    def __init__(self, sink, redactor, where, limit=MAX_LOG_BYTES):
        self._sink = sink
        self._redactor = redactor
        self._where = where
        self._limit = limit
        self._pending = b""
        self._dropping_line = False
        self._inside_key = False
        self._written = 0
        self._cut = False

    @property
    def truncated_at(self):
        return self._written if self._cut else None

    def write(self, chunk):
        self._pending += chunk
        start = 0
        for match in LINE_END.finditer(self._pending):
            self._take_line(self._pending[start : match.end()])
            start = match.end()
        self._pending = self._pending[start:]
        if len(self._pending) > MAX_LINE_BYTES and not self._dropping_line:
            self._take_line(_whole_words(self._pending[:MAX_LINE_BYTES]))
            self._dropping_line = True
            self._cut = True
        if self._dropping_line:
            self._pending = b""

    def close(self):
        if self._pending:
            self._take_line(self._pending)
        self._pending = b""
        self._sink.flush()

    def _take_line(self, line):
        if self._dropping_line:
            self._dropping_line = False
            return self._keep(b"[the rest of this line was left out]\n")
        if self._inside_key:
            self._inside_key = END_KEY.search(line) is None
            return None
        opening = BEGIN_KEY.search(line)
        if opening is not None:
            # The body of a key follows on lines that look like nothing in particular.
            self._inside_key = END_KEY.search(line, opening.end()) is None
        text = line.decode("utf-8", "surrogateescape")
        redacted = self._redactor.redact(text, self._where)
        data = redacted.encode("utf-8", "surrogateescape")
        if opening is not None and not data.endswith(b"\n"):
            data += b"\n"
        return self._keep(data)

    def _keep(self, data):
        if self._written + len(data) > self._limit:
            # Whole lines only, and nothing after the first that does not fit.
            self._limit = self._written
            self._cut = True
            return
        self._sink.write(data)
        self._written += len(data)


def _whole_words(piece):
    """Cut anywhere, half a token could stay behind, and half a token matches no rule."""
    end = piece.rfind(b" ")
    return piece[: end + 1] if end >= 0 else b""
