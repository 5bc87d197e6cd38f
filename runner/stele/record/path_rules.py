"""Which paths may stand in a record (docs/format.md, section 3).

The rules make one list of files read alike for `sha256sum -c`, BagIt, tar and
file systems that do not tell upper from lower case. A path that keeps them
cannot leave the directory it is joined to.
"""

import re
import unicodedata

from stele.refusal import Refusal, quoted

MAX_PATH_BYTES = 1024
MAX_COMPONENT_BYTES = 255

FORBIDDEN = re.compile("[\x00-\x1f\x7f%\\\\]")


def path_fault(path):
    """Why the path may not stand in a record, or None when it may."""
    if not isinstance(path, str) or path == "":
        return "an empty path"
    if path.startswith("/"):
        return "an absolute path"
    if path != unicodedata.normalize("NFC", path):
        return "a path that is not in Unicode form NFC"
    if FORBIDDEN.search(path):
        return "a control character, % or backslash"
    if _byte_length(path) > MAX_PATH_BYTES:
        return "more than %d bytes" % MAX_PATH_BYTES
    return next(filter(None, map(_component_fault, path.split("/"))), None)


def bundle_path_fault(path):
    """The same for a path in a bundle, but for its length: there, paths of a record
    become longer behind data/inputs/."""
    if path.startswith("/"):
        return "an absolute path"
    return next(filter(None, (path_fault(part) for part in path.split("/"))), None)


def _component_fault(component):
    if component == "":
        return "an empty component"
    if component in (".", ".."):
        return "the component %s" % component
    if component[0] in "-~":
        return "a component that starts with - or ~"
    if component[-1] in " .":
        return "a component that ends with a space or a dot"
    if _byte_length(component) > MAX_COMPONENT_BYTES:
        return "a component of more than %d bytes" % MAX_COMPONENT_BYTES
    return None


def _byte_length(text):
    # A name that is not UTF-8 on disk reaches us with half characters in it.
    return len(text.encode("utf-8", "surrogateescape"))


def refuse_bad_path(path, what):
    fault = path_fault(path)
    if fault is not None:
        raise Refusal("%s %s: found %s" % (what, quoted(path), fault), code="bad-path")
    return path


class Places(object):
    """Places of files that can stand side by side on every file system: none twice, none
    that differs from another by case only, none that is a directory of another."""

    def __init__(self):
        self._files = set()
        self._directories = set()

    def take(self, path):
        """Whether the place was free; it is taken from now on."""
        folded = unicodedata.normalize("NFC", path).lower()
        parents = _parents_of(folded)
        if folded in self._files or folded in self._directories:
            return False
        if any(parent in self._files for parent in parents):
            return False
        self._files.add(folded)
        self._directories.update(parents)
        return True


def colliding_paths(paths):
    """Those that would fall on one file where case does not count, or on a directory."""
    places = Places()
    return [path for path in paths if not places.take(path)]


def _parents_of(path):
    components = path.split("/")
    return ["/".join(components[:count]) for count in range(1, len(components))]
