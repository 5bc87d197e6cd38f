"""One attempt at one stage, from the journal line before it to the journal line after it."""

import os

from stele.record.clock import timestamp
from stele.record.digest import digest_of, digest_of_file
from stele.redact.log_stream import RedactingLog
from stele.replay.command import as_line, command_of, environment_of
from stele.replay.process_id import identify
from stele.replay.stage_history import SUCCEEDED, attempts_of
from stele.replay.stage_process import run_process

SHOWN_LOG_BYTES = 2000


class StageRun(object):
    """@param redactor - knows the run directory and the sensitive values already."""

    def __init__(self, directory, stage, bindings, redactor, script_input=None):
        self.directory = directory
        self.stage = stage
        self.bindings = bindings
        # One of its own, so that the journal can tell what was taken out of this attempt.
        self.redactor = redactor.with_literals(())
        self.script_input = script_input
        self.attempt = attempts_of(directory.journal, stage["id"]) + 1
        self.command = command_of(stage)
        where = "stages/%s/launched" % stage["id"]
        self.launched = self.redactor.redact(as_line(self.command), where)[:16000]

    def run(self, stopping):
        """@returns the entry of `run.stages`. @raises Interrupted after it was written down"""
        with stopping.held():
            return self._run(stopping)

    def _run(self, stopping):
        journal, stage_id = self.directory.journal, self.stage["id"]
        started_at = timestamp()
        identity = {"stage": stage_id, "attempt": self.attempt}
        journal.append("stage-started", startedAt=started_at, launched=self.launched, **identity)
        cwd = os.path.join(self.directory.work, self.stage.get("cwd", "."))
        os.makedirs(cwd, exist_ok=True)
        logs = [self._open_log(name) for name in ("stdout", "stderr")]
        try:
            ending = run_process(
                self.command,
                cwd,
                environment_of(self.stage, self.bindings, self.directory),
                [log for log, _, _ in logs],
                stopping,
                self.stage.get("timeout"),
                lambda pid: journal.append("stage-process", process=identify(pid), **identity),
            )
        finally:
            for log, sink, _ in logs:
                log.close()
                sink.close()
        entry = self._entry(started_at, ending, logs)
        redactions = self.redactor.redactions()
        journal.append("stage-ended", entry=entry, redactions=redactions, **identity)
        return entry

    def _open_log(self, name):
        file_name = "%s.%d.%s" % (self.stage["id"], self.attempt, name)
        path = os.path.join(self.directory.logs, file_name)
        sink = open(path, "wb")
        return RedactingLog(sink, self.redactor, "logs/" + file_name), sink, path

    def _entry(self, started_at, ending, logs):
        entry = {
            "id": self.stage["id"],
            "attempt": self.attempt,
            "status": self._status(ending),
            "startedAt": started_at,
            # Never before the start, even if somebody sets the clock back meanwhile.
            "endedAt": max(timestamp(), started_at),
            "wall": ending.wall,
            "cpuUser": ending.cpu_user,
            "cpuSystem": ending.cpu_system,
            "launched": self.launched,
            "logs": self._log_references(logs),
        }
        if ending.max_rss:
            entry["maxRss"] = ending.max_rss
        if ending.signal is not None:
            entry["signal"] = ending.signal
        elif ending.exit_code is not None:
            entry["exitCode"] = ending.exit_code
        if self.script_input is not None and self.script_input.get("template"):
            entry["rendered"] = self._keep_rendered()
        return entry

    def _status(self, ending):
        if ending.interrupted_by is not None:
            return "cancelled"
        if ending.timed_out:
            return "timeout"
        good = ending.exit_code in self.stage.get("successCodes", [0])
        return SUCCEEDED if good else "failed"

    def _log_references(self, logs):
        references = {}
        cuts = []
        for name, (log, _, path) in zip(("stdout", "stderr"), logs):
            digest, size = digest_of_file(path)
            references[name] = {"digest": digest, "size": size, "mediaType": "text/plain"}
            if log.truncated_at is not None:
                cuts.append(log.truncated_at)
        if cuts:
            references["truncatedAt"] = min(cuts)
        return references

    def _keep_rendered(self):
        """The script with its values, as far as they may be public."""
        with open(os.path.join(self.directory.work, self.stage["script"]), "rb") as stream:
            text = stream.read().decode("utf-8", "surrogateescape")
        where = "stages/%s/rendered" % self.stage["id"]
        data = self.redactor.redact(text, where).encode("utf-8", "surrogateescape")
        path = os.path.join(self.directory.rendered, self.stage["id"])
        with open(path, "wb") as stream:
            stream.write(data)
        return {"digest": digest_of(data), "size": len(data)}


def end_of_log(directory, entry, name="stderr"):
    """Last lines, for a person who wants to know why it failed."""
    path = os.path.join(directory.logs, "%s.%d.%s" % (entry["id"], entry["attempt"], name))
    with open(path, "rb") as stream:
        stream.seek(max(0, os.path.getsize(path) - SHOWN_LOG_BYTES))
        return stream.read().decode("utf-8", "replace").rstrip("\n")
