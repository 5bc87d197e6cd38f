"""Words for people on one stream, data for programs on the other."""

import json
import sys
import threading
import time
import unicodedata


class Console(object):
    """Without `--json` the result is text on stdout; with it, one JSON document.

    Progress and remarks always go to stderr, so that stdout can be piped.
    """

    def __init__(self, json_wanted=False, out=None, err=None, terminal=None):
        self.json_wanted = json_wanted
        self._out = sys.stdout if out is None else out
        self._err = sys.stderr if err is None else err
        self._terminal = sys.stdin if terminal is None else terminal

    def say(self, text=""):
        """A line of the result, for people."""
        _write(self._err if self.json_wanted else self._out, text)

    def note(self, text):
        """A remark that is not part of the result."""
        _write(self._err, text)

    def result(self, document):
        """The result for programs; nothing without `--json`."""
        if self.json_wanted:
            _write(self._out, json.dumps(document, indent=2, sort_keys=True))

    def raw(self, text):
        """A document that was asked for by name, such as a report."""
        self._out.write(_encodable(text, self._out))
        self._out.flush()

    def is_interactive(self):
        return self._terminal.isatty() and self._err.isatty()

    def ask(self, question):
        self._err.write(_encodable(question, self._err))
        self._err.flush()
        return self._terminal.readline().strip()

    def progress(self, label, total):
        return Progress(self._err, label, total)


class Progress(object):
    """A bar on a terminal, nothing elsewhere: batch logs must not fill with it."""

    WIDTH = 28
    PAUSE_SECONDS = 0.1

    def __init__(self, stream, label, total):
        self._stream = stream if stream.isatty() else None
        self._label = label
        self._total = total
        self._done = 0
        self._drawn_at = 0.0
        self._lock = threading.Lock()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._stream is not None and self._total:
            self._draw()
            self._stream.write("\n")
            self._stream.flush()

    def add(self, byte_count):
        with self._lock:
            self._done += byte_count
            now = time.monotonic()
            if self._stream is not None and now - self._drawn_at >= self.PAUSE_SECONDS:
                self._drawn_at = now
                self._draw()

    def set(self, byte_count):
        self.add(byte_count - self._done)

    def _draw(self):
        share = min(1.0, float(self._done) / self._total) if self._total else 1.0
        filled = int(share * self.WIDTH)
        bar = "#" * filled + "." * (self.WIDTH - filled)
        sizes = "%s of %s" % (in_words(self._done), in_words(self._total))
        self._stream.write("\r%s [%s] %3d%% %s  " % (self._label, bar, share * 100, sizes))
        self._stream.flush()


def in_words(byte_count):
    """12 B, 1.5 KiB, 3.2 GiB."""
    if byte_count < 1024:
        return "%d B" % byte_count
    size = float(byte_count)
    for unit in ("KiB", "MiB", "GiB", "TiB", "PiB"):
        size /= 1024
        if size < 1024:
            break
    return "%.1f %s" % (size, unit)


def plain(text):
    """Text of a stranger without anything that could steer a terminal or reorder what is read."""
    return "".join(
        (
            character
            if character in "\n\t" or unicodedata.category(character)[0] != "C"
            else "\\u%04x" % ord(character)
        )
        for character in str(text)
    )


def _write(stream, text):
    stream.write(_encodable(plain(text), stream) + "\n")
    stream.flush()


def _encodable(text, stream):
    """Under LANG=C, Python 3.6 would stop at the first letter that is not ASCII."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
