"""One stage as a process group: its output, its time limit, its end."""

import os
import selectors
import signal
import subprocess
import threading
import time

from stele.replay.process_id import KILL_AFTER_SECONDS, end_group

CHUNK_BYTES = 65536
LONGEST_PAUSE_SECONDS = 0.1
DRAIN_SECONDS = 10
CANNOT_EXECUTE = {FileNotFoundError: 127, PermissionError: 126}
"""What a shell would answer."""


class Ending(object):
    """How a stage ended: exit code or signal, and what it used; times in milliseconds."""

    def __init__(self):
        self.exit_code = None
        self.signal = None
        self.timed_out = False
        self.interrupted_by = None
        self.wall = 0
        self.cpu_user = 0
        self.cpu_system = 0
        self.max_rss = 0


def run_process(command, cwd, environment, logs, stopping, timeout_ms=None, on_start=None):
    """Runs a command in a process group of its own until it and all it started have ended.

    @param logs - two RedactingLogs, for stdout and stderr.
    @param stopping - is held by the caller; when a stop is requested, the group is ended.
    @param on_start - called with the process number before anything is waited for.
    """
    ending = Ending()
    started = time.monotonic()
    try:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        ending.exit_code = CANNOT_EXECUTE.get(type(error), 126)
        logs[1].write(("%s: %s\n" % (command[0], error.strerror)).encode("utf-8"))
        return ending
    pump = Pump({process.stdout: logs[0], process.stderr: logs[1]})
    try:
        if on_start is not None:
            on_start(process.pid)
        pump.start()
        _wait(process, ending, started, timeout_ms, stopping)
    finally:
        # Whatever the stage left behind would go on writing into the work directory.
        end_group(process.pid)
    pump.finish()
    ending.wall = int((time.monotonic() - started) * 1000)
    return ending


def _wait(process, ending, started, timeout_ms, stopping):
    pause = 0.005
    kill_at = None
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid != 0:
            break
        now = time.monotonic()
        if kill_at is not None:
            if now >= kill_at:
                _signal(process, signal.SIGKILL)
        elif stopping.requested is not None:
            ending.interrupted_by = stopping.requested
            kill_at = _ask_to_stop(process)
        elif timeout_ms and (now - started) * 1000 >= timeout_ms:
            ending.timed_out = True
            kill_at = _ask_to_stop(process)
        time.sleep(pause)
        pause = min(pause * 1.3, LONGEST_PAUSE_SECONDS)
    _note_status(process, ending, status)
    ending.cpu_user = int(usage.ru_utime * 1000)
    ending.cpu_system = int(usage.ru_stime * 1000)
    # Linux counts in KiB, macOS in bytes.
    ending.max_rss = usage.ru_maxrss * (1 if os.uname().sysname == "Darwin" else 1024)


def _ask_to_stop(process):
    _signal(process, signal.SIGTERM)
    return time.monotonic() + KILL_AFTER_SECONDS


def _signal(process, number):
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass  # It ended in between, and the next wait will say how.


def _note_status(process, ending, status):
    if os.WIFSIGNALED(status):
        ending.signal = os.WTERMSIG(status)
        process.returncode = -ending.signal
    else:
        ending.exit_code = os.WEXITSTATUS(status)
        process.returncode = ending.exit_code


class Pump(threading.Thread):
    """Reads what the stage prints until every writer is gone, or it is told to stop."""

    def __init__(self, logs_by_stream):
        super(Pump, self).__init__(daemon=True)
        self._logs = logs_by_stream
        self._stopping = threading.Event()

    def run(self):
        with selectors.DefaultSelector() as selector:
            for stream, log in self._logs.items():
                selector.register(stream, selectors.EVENT_READ, log)
            while selector.get_map() and not self._stopping.is_set():
                for key, _ in selector.select(0.2):
                    chunk = os.read(key.fd, CHUNK_BYTES)
                    if chunk:
                        key.data.write(chunk)
                    else:
                        selector.unregister(key.fileobj)

    def finish(self):
        """A program that left the group can hold the pipe open for ever; we do not wait for it."""
        self.join(DRAIN_SECONDS)
        self._stopping.set()
        self.join()
        for stream in self._logs:
            stream.close()
