import os
import socket
import threading
from unittest import mock

from stele.record.digest import digest_of
from stele.registry import retry
from tests.stub_registry import TOKEN, StubRegistry
from tests.workspace import Workspace


class DepositCase(Workspace):
    def setUp(self):
        super(DepositCase, self).setUp()
        self.registry = StubRegistry()
        self.registry.__enter__()
        self.addCleanup(self.registry.__exit__)
        impatient = mock.patch.object(retry, "PAUSES_SECONDS", (0, 0, 0))
        impatient.start()
        self.addCleanup(impatient.stop)
        self.write("token", TOKEN + "\n")
        os.environ["STELE_REGISTRY"] = self.registry.url

    def manifest(self, count=3, **members):
        inputs = []
        for n in range(count):
            self.write("files/%d.csv" % n, b"%d\n" % n)
            name = "files/%d.csv" % n
            inputs.append({"path": name, "file": name, "role": "table", "availability": "retained"})
        stages = [{"id": "run", "kind": "run", "command": ["true"]}]
        document = {
            "title": "Three tables",
            "project": {"name": "examples"},
            "authors": [{"name": "Ada Example"}, {"name": "Bo Example"}],
            "createdAt": "2026-11-20T10:00:00Z",
            "plan": {"inputs": inputs, "stages": stages},
        }
        self.write_json("stele.json", dict(document, **members))


class Deposit(DepositCase):
    def deposit(self, *options):
        return self.call("deposit", self.root, "--token-file", "token", *options)

    def test_sends_only_what_is_missing_and_prints_a_citation(self):
        self.manifest()
        self.registry.blobs[digest_of(b"1\n")] = b"1\n"
        called = self.deposit()
        digest = next(iter(self.registry.records))
        url = "%s/records/%s" % (self.registry.url, digest)
        cited = (
            "Ada Example, Bo Example (2026). Three tables [Workflow plan record]. "
            "%s. %s. %s" % (self.registry.url.partition("//")[2], url, digest)
        )
        self.assertEqual(called.code, 0, called.err)
        self.assertIn(cited, called.out)
        self.assertEqual(self.registry.asked("PUT"), 2)
        self.assertEqual(self.registry.blobs[digest_of(b"2\n")], b"2\n")

    def test_says_so_when_the_record_is_there_already(self):
        self.manifest()
        self.deposit()
        called = self.deposit()
        self.assertEqual(called.code, 0)
        self.assertIn("there already", called.out)
        self.assertEqual(self.registry.asked("PUT"), 3)

    def test_keeps_the_record_it_sends(self):
        self.manifest()
        code, document = self.call_json(
            "deposit", ".", "--token-file", "token", "--write-record", "kept.json"
        )
        self.assertEqual((code, digest_of(self.read("kept.json"))), (0, document["digest"]))
        self.assertEqual(document["sentBlobs"], 3)

    def test_survives_lost_connections_and_busy_answers(self):
        self.manifest(count=8)
        self.registry.lost_puts = 3
        self.registry.busy_answers = 2
        self.assertEqual(self.deposit().code, 0)
        self.assertEqual(len(self.registry.blobs), 8)

    def test_shows_findings_of_a_refusal(self):
        self.manifest()
        finding = {
            "pointer": "/plan/stages/0/needs/0",
            "rule": "unknown-stage",
            "found": '"x"',
            "expected": "an id of stages[]",
            "severity": "error",
        }
        self.registry.findings = [finding]
        called = self.deposit()
        self.assertEqual(called.code, 1)
        self.assertIn("[invalid-record]", called.err)
        self.assertIn("/plan/stages/0/needs/0 (unknown-stage)", called.err)
        self.assertIn('found "x", expected an id of stages[]', called.err)
        self.assertEqual(self.registry.records, {})

    def test_dry_run_shows_findings_and_sends_no_file(self):
        self.manifest()
        called = self.deposit("--dry-run")
        self.assertEqual(called.code, 0, called.err)
        self.registry.findings = [{"pointer": "/title", "rule": "x", "severity": "error"}]
        refused = self.deposit("--dry-run")
        self.assertEqual(refused.code, 1)
        self.assertIn("! /title (x)", refused.out)
        self.assertEqual((self.registry.asked("PUT"), self.registry.records), (0, {}))

    def test_refuses_a_wrong_token_and_never_shows_it(self):
        self.manifest()
        self.write("token", "stele_wrong_" + "x" * 40)
        called = self.deposit()
        self.assertEqual(called.code, 1)
        self.assertIn("--token-file", called.err)
        self.assertNotIn("stele_wrong_", called.err + called.out)

    def test_takes_the_token_from_the_environment(self):
        self.manifest()
        self.assertEqual(self.call("deposit", ".").code, 2)
        os.environ["STELE_TOKEN_FILE"] = self.path("token")
        self.assertEqual(self.call("deposit", ".").code, 0)
        del os.environ["STELE_TOKEN_FILE"]
        os.environ["STELE_TOKEN"] = TOKEN
        self.assertEqual(self.call("deposit", ".").code, 0)

    def test_refuses_a_file_that_changed_while_it_was_sent(self):
        self.manifest(count=1)
        self.write("big.csv", b"x" * 10)
        self.registry.blobs = Changing(lambda: self.write("files/0.csv", b"9\n"))
        called = self.deposit()
        self.assertEqual(called.code, 1)
        self.assertIn("digest-mismatch", called.err)

    def test_says_when_nobody_answers(self):
        self.manifest()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = "http://127.0.0.1:%d" % free.getsockname()[1]
            called = self.deposit("--registry", url)
        self.assertEqual(called.code, 10)
        self.assertIn("no answer from 127.0.0.1", called.err)

    def test_says_what_a_directory_lacks(self):
        called = self.deposit()
        self.assertEqual(called.code, 2)
        self.assertIn("neither stele.json nor record.json", called.err)


class Changing(dict):
    """Blobs of the stub: changes a file as soon as it is asked what is missing."""

    def __init__(self, change):
        super(Changing, self).__init__()
        self._change = change

    def __contains__(self, digest):
        self._change()
        return super(Changing, self).__contains__(digest)


class Proxies(DepositCase):
    def test_uses_the_proxy_of_the_environment_but_not_for_this_machine(self):
        self.manifest(count=1)
        seen = []
        proxy = FakeProxy(seen)
        self.addCleanup(proxy.close)
        os.environ["http_proxy"] = "http://user:pass@127.0.0.1:%d" % proxy.port
        os.environ.pop("no_proxy", None)
        os.environ.pop("NO_PROXY", None)
        direct = self.call("deposit", ".", "--token-file", "token")
        called = self.call(
            "deposit", ".", "--token-file", "token", "--registry", "http://registry.example.org"
        )
        self.assertEqual((direct.code, called.code), (0, 1), called.err)
        self.assertIn("POST http://registry.example.org/blobs/missing HTTP/1.1", seen[0])
        self.assertIn("Proxy-Authorization: Basic dXNlcjpwYXNz", seen[0])
        self.assertIn("Host: registry.example.org", seen[0])
        self.assertIn("not encrypted", called.err)


class FakeProxy(object):
    """Answers every request with 403 and remembers it."""

    def __init__(self, seen):
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(5)
        self.port = self._socket.getsockname()[1]
        self._seen = seen
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                self._seen.append(connection.recv(65536).decode("latin-1"))
                connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

    def close(self):
        self._socket.close()
