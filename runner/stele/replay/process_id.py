"""Names a process for good: a number alone is used again for another one."""

import os
import signal
import socket
import time

KILL_AFTER_SECONDS = 5
LINUX = os.path.exists("/proc/self/stat")


def identify(pid):
    """Number, start time and boot of a process; enough to know it again."""
    return {"pid": pid, "started": _started(pid), "boot": _boot()}


def is_alive(identity):
    """True only if it surely is that very process, on this machine."""
    if not isinstance(identity, dict) or identity.get("boot") != _boot():
        return False
    started = _started(identity.get("pid"))
    return started is not None and started == identity.get("started")


def is_of_this_boot(identity):
    return isinstance(identity, dict) and identity.get("boot") == _boot()


def groups_with_variable(assignment):
    """Process groups in which something runs with this in its environment (Linux only).

    Finds what the journal does not know: a runner can be killed after it started a stage
    and before it wrote that down.
    """
    wanted = os.fsencode(assignment)
    groups = set()
    for number in _everyone():
        try:
            with open("/proc/%d/environ" % number, "rb") as stream:
                is_wanted = wanted in stream.read().split(b"\0")
        except OSError:
            continue  # Somebody else's, or gone.
        fields = _status_fields(number) if is_wanted else None
        if fields and int(fields[2]) != os.getpgrp():
            groups.add(int(fields[2]))
    return groups


def _everyone():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()] if LINUX else []


def end_group(pid):
    """Asks the process group to stop, and kills what is left after a while."""
    if not _signal_group(pid, signal.SIGTERM):
        return
    deadline = time.monotonic() + KILL_AFTER_SECONDS
    while time.monotonic() < deadline:
        if not _group_lives(pid):
            return
        time.sleep(0.05)
    _signal_group(pid, signal.SIGKILL)


def _group_lives(group):
    """Zombies do not count: in a container nobody may ever ask for their exit codes."""
    if not _signal_group(group, 0):
        return False
    if not LINUX:
        return True
    everyone = (_status_fields(number) for number in _everyone())
    return any(f and f[0] != b"Z" and int(f[2]) == group for f in everyone)


def _signal_group(pid, number):
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _started(pid):
    """Clock ticks between boot and its start; None for a zombie, which has ended."""
    fields = _status_fields(pid)
    return int(fields[19]) if fields and fields[0] != b"Z" else None


def _status_fields(pid):
    """/proc/PID/stat from field 3 on; the name before it may hold anything."""
    try:
        with open("/proc/%d/stat" % pid, "rb") as stream:
            return stream.read().rpartition(b")")[2].split()
    except (OSError, TypeError):
        return None


def _boot():
    """This start of this machine: run directories lie on file systems that many machines see."""
    try:
        with open("/proc/sys/kernel/random/boot_id", "r") as stream:
            return stream.read().strip()
    except OSError:
        return socket.gethostname()
