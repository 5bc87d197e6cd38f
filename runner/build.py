#!/usr/bin/env python3
"""Builds runner/dist/stele.pyz, the one file users run, and its sha256sum.

The same sources give the same bytes on every machine and Python version: stored, not
compressed (deflate differs between zlib versions), fixed times, sorted names. So
anybody can build it and compare. Does nothing when it is up to date.
"""

import hashlib
import io
import os
import stat
import sys
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = os.path.join(HERE, "stele")
TARGET = os.path.join(HERE, "dist", "stele.pyz")

SHEBANG = b"#!/usr/bin/env python3\n"
EPOCH = (1980, 1, 1, 0, 0, 0)
MAIN = b"""\
import sys

from stele.command_line import main, restart_in_utf8

restart_in_utf8()
sys.exit(main(sys.argv[1:]))
"""


def sources():
    """(name in the archive, bytes), sorted by name."""
    found = [("__main__.py", MAIN)]
    for folder, _, names in os.walk(SOURCES):
        for name in names:
            if name.endswith(".py"):
                path = os.path.join(folder, name)
                with open(path, "rb") as stream:
                    archived = os.path.relpath(path, HERE).replace(os.sep, "/")
                    found.append((archived, stream.read()))
    return sorted(found)


def archive_bytes():
    buffer = io.BytesIO()
    buffer.write(SHEBANG)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sources():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_STORED
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, data)
    return buffer.getvalue()


def content_of(path):
    if not os.path.exists(path):
        return None
    with open(path, "rb") as stream:
        return stream.read()


def replace(path, data, mode):
    """Never half a file under the real name: a server may be reading it."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    temporary = "%s.%d" % (path, os.getpid())
    with open(temporary, "wb") as stream:
        stream.write(data)
    os.chmod(temporary, mode)
    os.replace(temporary, path)


def main():
    data = archive_bytes()
    digest = hashlib.sha256(data).hexdigest()
    checksum = ("%s  %s\n" % (digest, os.path.basename(TARGET))).encode("ascii")
    if content_of(TARGET) != data or not os.access(TARGET, os.X_OK):
        replace(TARGET, data, 0o755)
    if content_of(TARGET + ".sha256") != checksum:
        replace(TARGET + ".sha256", checksum, 0o644)
    return 0


if __name__ == "__main__":
    sys.exit(main())
