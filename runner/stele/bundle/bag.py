"""A bundle as a set of named files, whether it is still a tar or was unpacked."""

import os
import stat

from stele import exit_codes
from stele.bundle.tar_index import BadTar, index_of
from stele.record.path_rules import bundle_path_fault, colliding_paths
from stele.refusal import Refusal, quoted

RECORD = "data/record.json"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
BAG_INFO = "bag-info.txt"

MIB = 1024 * 1024
LARGEST = {RECORD: 16 * MIB, MANIFEST: 64 * MIB}


def largest_document(path):
    """Most bytes of a file of the bundle that is read whole."""
    return LARGEST.get(path, MIB)


class Bag(object):
    """`top` is the name of the top directory; `faults` is why it is not safe to unpack."""

    def __init__(self, location, top):
        self.location = location
        self.top = top
        self.is_unpacked = False
        self.faults = []

    def paths(self):
        """Of all files, relative to the top directory, sorted."""
        raise NotImplementedError

    def size_of(self, path):
        raise NotImplementedError

    def open(self, path):
        """A new stream; several may be read at the same time."""
        raise NotImplementedError

    def __contains__(self, path):
        return path in self.paths()

    def read(self, path):
        """A small document of the bundle, whole. @raises Refusal if there is none or it is huge."""
        if path not in self:
            raise Refusal("the bundle has no %s" % path, exit_codes.NOT_VERIFIED)
        if self.size_of(path) > largest_document(path):
            raise Refusal("%s is too large" % path, exit_codes.NOT_VERIFIED)
        with self.open(path) as stream:
            return stream.read()

    def _note_bad_paths(self, paths):
        for path in paths:
            fault = bundle_path_fault(path)
            if fault is not None:
                self.faults.append("%s is %s" % (quoted(path), fault))
        for path in colliding_paths(paths):
            self.faults.append("%s collides with another file" % quoted(path))


class DirectoryBag(Bag):
    """An unpacked bundle. Links are never followed."""

    def __init__(self, directory):
        directory = os.path.abspath(directory)
        super(DirectoryBag, self).__init__(directory, os.path.basename(directory))
        self.is_unpacked = True
        self._sizes = {}
        for folder, folders, names in os.walk(directory, onerror=_raise):
            for name in folders + names:
                self._add(os.path.join(folder, name))
        self._note_bad_paths(sorted(self._sizes))

    def _add(self, location):
        status = os.lstat(location)
        path = os.path.relpath(location, self.location).replace(os.sep, "/")
        if stat.S_ISREG(status.st_mode):
            self._sizes[path] = status.st_size
            if status.st_mode & 0o6000:
                self.faults.append("%s has a set-user-id or set-group-id bit" % quoted(path))
        elif not stat.S_ISDIR(status.st_mode):
            self.faults.append("%s is a link or a special file" % quoted(path))

    def __contains__(self, path):
        return path in self._sizes

    def paths(self):
        return sorted(self._sizes)

    def size_of(self, path):
        return self._sizes[path]

    def open(self, path):
        # O_NOFOLLOW: a link that was put there since we looked is not followed either.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)
        return os.fdopen(os.open(os.path.join(self.location, path), flags), "rb")


class TarBag(Bag):
    """A bundle as it was downloaded."""

    def __init__(self, location):
        location = os.path.abspath(location)
        self._members = {}
        with open(location, "rb") as stream:
            index = index_of(stream, os.path.getsize(location))
        tops = {member.name.split("/")[0] for member in index.members}
        super(TarBag, self).__init__(location, tops.pop() if len(tops) == 1 else "")
        self.faults.extend(index.faults)
        if not self.top:
            self.faults.append("the files are not all in one top directory")
        self._note_bad_paths([member.name for member in index.members])
        for member in index.members:
            self._members.setdefault(member.name.partition("/")[2], member)

    def __contains__(self, path):
        return path in self._members

    def paths(self):
        return sorted(self._members)

    def size_of(self, path):
        return self._members[path].size

    def open(self, path):
        member = self._members[path]
        return Section(open(self.location, "rb"), member.offset, member.size)


class Section(object):
    """Part of a file, read from its start to its end."""

    def __init__(self, stream, offset, size):
        self._stream = stream
        self._left = size
        stream.seek(offset)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stream.close()

    def read(self, byte_count=-1):
        wanted = self._left if byte_count < 0 else min(byte_count, self._left)
        data = self._stream.read(wanted)
        self._left -= len(data)
        return data


def open_bag(location):
    """@raises Refusal where there is no bundle, or one that cannot be read at all."""
    try:
        if os.path.isdir(location):
            if not os.path.exists(os.path.join(location, "bagit.txt")):
                raise Refusal("%s holds no bagit.txt: this is no bundle" % location)
            return DirectoryBag(location)
        return TarBag(location)
    except BadTar as fault:
        raise Refusal("%s: %s" % (location, fault), exit_codes.NOT_VERIFIED, code="bad-tar")
    except OSError as error:
        raise Refusal("cannot read %s: %s" % (location, error.strerror or error))


def _raise(error):
    raise error
