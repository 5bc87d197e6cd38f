"""One runner per run directory, also on NFS."""

import json
import os

from stele import exit_codes
from stele.refusal import Refusal
from stele.replay.process_id import identify, is_alive, is_of_this_boot

LOCK = "lock"


class Lock(object):
    """Made with link(2), which is atomic on NFS where O_EXCL and flock have not always been."""

    def __init__(self, directory):
        self._path = os.path.join(directory, LOCK)
        self._own_path = "%s.%d.%s" % (self._path, os.getpid(), os.urandom(4).hex())

    def __enter__(self):
        with open(self._own_path, "w") as stream:
            json.dump(identify(os.getpid()), stream)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            if not self._link():
                self._remove_stale()
                if not self._link():
                    raise self._held()
        except BaseException:
            os.unlink(self._own_path)
            raise
        return self

    def __exit__(self, *_):
        for path in (self._path, self._own_path):
            if os.path.exists(path):
                os.unlink(path)

    def _link(self):
        try:
            os.link(self._own_path, self._path)
            return True
        except FileExistsError:
            # The answer of an NFS server may have been lost and the call sent again.
            return os.stat(self._own_path).st_nlink == 2

    def _holder(self, path):
        try:
            with open(path, "r") as stream:
                return json.load(stream)
        except (OSError, ValueError):
            return None

    def _remove_stale(self):
        """Takes away the lock of a runner that is dead for certain."""
        holder = self._holder(self._path)
        if holder is None or not is_of_this_boot(holder) or is_alive(holder):
            raise self._held(holder)
        aside = self._own_path + ".stale"
        try:
            os.rename(self._path, aside)
        except FileNotFoundError:
            return
        taken = self._holder(aside)
        if taken != holder:
            # Another runner was faster, and this is its lock: give it back.
            try:
                os.link(aside, self._path)
            except FileExistsError:
                pass
            os.unlink(aside)
            raise self._held(taken)
        os.unlink(aside)

    def _held(self, holder=None):
        who = "process %s" % holder["pid"] if holder else "another runner"
        return Refusal(
            "%s holds %s; if it runs on another machine and is dead, remove the file"
            % (who, self._path),
            exit_codes.LOCKED,
            code="locked",
        )
