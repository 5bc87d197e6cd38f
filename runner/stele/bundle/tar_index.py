"""Reader of the one kind of tar a bundle is.

Python's `tarfile` understands far more than a bundle may hold (links, devices,
sparse files, extensions that rename members). What is not understood here cannot
be used against us; nothing is ever unpacked by name.
"""

from collections import namedtuple

from stele.record.path_rules import bundle_path_fault

BLOCK = 512
MAX_NAME_BYTES = 4096
MAX_MEMBERS = 1000000
LARGEST_NUMBER = 2**53 - 1

Member = namedtuple("Member", "name offset size mode")

KINDS = {
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a device",
    b"4": "a device",
    b"5": "a directory with contents",
    b"6": "a named pipe",
    b"x": "a pax header",
    b"g": "a pax header",
    b"S": "a sparse file",
}


class BadTar(Exception):
    """The archive cannot be read any further; what it says cannot be told with certainty."""


class Index(object):
    """`members` are regular files. `faults` are entries that a bundle must not hold."""

    def __init__(self):
        self.members = []
        self.faults = []


def index_of(stream, byte_length):
    """Reads the headers only. @raises BadTar where the archive is damaged."""
    index = Index()
    long_name = None
    offset = 0
    while True:
        header = _block(stream, offset, byte_length)
        if header.count(b"\0") == BLOCK:
            if long_name is not None:
                raise BadTar("a long name of no file")
            _check_end(stream, offset, byte_length, index)
            return index
        _check_sum(header, offset)
        kind = header[156:157]
        size = _number(header[124:136], "size", offset)
        data = offset + BLOCK
        offset = data + (size + BLOCK - 1) // BLOCK * BLOCK
        if offset > byte_length:
            raise BadTar("the archive ends inside a file")
        if not _is_zero(stream, data + size, offset):
            index.faults.append("there is something behind the end of a file, near byte %d" % data)
        if kind == b"L" and long_name is None:
            long_name = _long_name(stream, data, size)
            continue
        name, long_name = _name(header) if long_name is None else long_name, None
        _add(index, name, kind, Member(name, data, size, _number(header[100:108], "mode", data)))
        if len(index.members) > MAX_MEMBERS:
            raise BadTar("more than %d files" % MAX_MEMBERS)


def _add(index, name, kind, member):
    if member.mode & 0o7000:
        index.faults.append("%s has a set-user-id, set-group-id or sticky bit" % name)
    if kind == b"5" and member.size == 0:
        # It adds nothing, but archives that were packed again have some.
        fault = bundle_path_fault(name.rstrip("/"))
        if fault is not None:
            index.faults.append("the directory %s is %s" % (name, fault))
    elif kind in (b"0", b"\0"):
        index.members.append(member)
    else:
        what = KINDS.get(kind, "of unknown kind %r" % kind)
        index.faults.append("%s is %s" % (name, what))


def _is_zero(stream, start, end):
    stream.seek(start)
    padding = stream.read(end - start)
    return padding.count(b"\0") == len(padding)


def _block(stream, offset, byte_length):
    if offset + BLOCK > byte_length:
        raise BadTar("the archive has no end mark: it is cut short")
    stream.seek(offset)
    block = stream.read(BLOCK)
    if len(block) != BLOCK:
        raise BadTar("the archive is cut short")
    return block


def _check_sum(header, offset):
    if header[257:262] != b"ustar":
        raise BadTar("no ustar header at byte %d" % offset)
    summed = sum(header) - sum(header[148:156]) + 8 * ord(" ")
    # One spelling only, as every tar program writes it: the sum does not cover itself.
    if header[148:156] != b"%06o\0 " % summed:
        raise BadTar("a damaged header at byte %d" % offset)


def _number(field, what, offset):
    """Octal, or base-256 for sizes of 8 GiB and more."""
    if field[0] == 0x80:
        number = int.from_bytes(field[1:], "big")
        if number > LARGEST_NUMBER:
            raise BadTar("a %s beyond 2^53 near byte %d" % (what, offset))
        return number
    digits = field.strip(b" \0")
    if any(digit not in b"01234567" for digit in digits):
        raise BadTar("a damaged %s near byte %d" % (what, offset))
    return int(digits or b"0", 8)


def _name(header):
    name = header[:100].split(b"\0")[0]
    # GNU tar uses the place of the prefix for other things.
    if header[257:263] == b"ustar\0":
        prefix = header[345:500].split(b"\0")[0]
        name = prefix + b"/" + name if prefix else name
    return _decoded(name)


def _long_name(stream, offset, size):
    if size > MAX_NAME_BYTES:
        raise BadTar("a name of %d bytes" % size)
    stream.seek(offset)
    return _decoded(stream.read(size).rstrip(b"\0"))


def _decoded(name):
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        raise BadTar("a name that is not UTF-8")


def _check_end(stream, offset, byte_length, index):
    """Two blocks of zeros, then at most padding: nothing may hide behind the end."""
    _block(stream, offset + BLOCK, byte_length)
    stream.seek(offset)
    while True:
        rest = stream.read(BLOCK * 128)
        if not rest:
            return
        if rest.count(b"\0") != len(rest):
            index.faults.append("there is something behind the end of the archive")
            return
