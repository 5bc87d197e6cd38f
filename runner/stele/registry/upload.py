"""Sends blobs: only those the registry lacks, several at a time, each safe to repeat."""

import json
import queue
import threading

from stele.record.digest import chunks_of
from stele.registry.connection import Connection
from stele.registry.problem import refusal_of
from stele.registry.retry import persistently, refuse_if_busy

CONNECTIONS = 4
DIGESTS_PER_QUESTION = 10000


def missing_digests(connection, digests, on_retry=None):
    """Which of these the registry does not hold yet."""
    missing = []
    for start in range(0, len(digests), DIGESTS_PER_QUESTION):
        body = json.dumps({"digests": digests[start : start + DIGESTS_PER_QUESTION]})
        missing += persistently(lambda: _ask(connection, body.encode("ascii")), on_retry)
    return missing


def _ask(connection, body):
    headers = {"Content-Type": "application/json"}
    answer = connection.request("POST", "/blobs/missing", headers, body)
    refuse_if_busy(answer)
    if answer.status != 200:
        raise refusal_of(answer, "asking what is missing")
    return answer.document().get("missing", [])


class Upload(object):
    """One upload of many blobs. The first refusal stops it and is raised."""

    def __init__(self, base_url, token, blobs, progress, on_retry=None):
        self._base_url = base_url
        self._token = token
        self._waiting = queue.Queue()
        for digest, blob in blobs.items():
            self._waiting.put((digest, blob))
        self._progress = progress
        self._on_retry = on_retry
        self._failures = []

    def run(self):
        count = min(CONNECTIONS, self._waiting.qsize())
        workers = [threading.Thread(target=self._work, daemon=True) for _ in range(count)]
        for worker in workers:
            worker.start()
        for worker in workers:
            # In slices: a join without end would not let Ctrl-C through.
            while worker.is_alive():
                worker.join(0.2)
        if self._failures:
            raise self._failures[0]

    def _work(self):
        with Connection(self._base_url, self._token) as connection:
            while not self._failures:
                try:
                    digest, blob = self._waiting.get_nowait()
                except queue.Empty:
                    return
                try:
                    persistently(lambda: self._put(connection, digest, blob), self._on_retry)
                except Exception as failure:  # noqa: B902 - raised again in run()
                    self._failures.append(failure)

    def _put(self, connection, digest, blob):
        sent = [0]
        try:
            with blob.open() as stream:
                answer = connection.request(
                    "PUT",
                    "/blobs/" + digest,
                    {"Content-Type": "application/octet-stream"},
                    self._counted(stream, sent),
                    blob.size,
                )
            refuse_if_busy(answer)
            if answer.status not in (200, 201, 204):
                raise refusal_of(answer, "sending %s" % blob)
            answer.body()
        except Exception:
            self._progress.add(-sent[0])
            raise

    def _counted(self, stream, sent):
        for chunk in chunks_of(stream):
            yield chunk
            sent[0] += len(chunk)
            self._progress.add(len(chunk))
