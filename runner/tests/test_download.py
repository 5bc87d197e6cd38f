import json
import os

from stele.console import Console
from stele.registry.connection import ConnectionLost
from stele.registry.download import download
from tests.bundle_maker import POLICY, BundleMaker
from tests.signing import REGISTRY_KEY
from tests.stub_registry import StubRegistry
from tests.workspace import Workspace

DATA = bytes(range(256)) * 4096
PATH = "/records/x/bundle.tar?profile=thin"


class Quiet(Console):
    def note(self, text):
        pass


class Download(Workspace):
    def setUp(self):
        super(Download, self).setUp()
        self.registry = StubRegistry()
        self.registry.__enter__()
        self.addCleanup(self.registry.__exit__)
        self.registry.bundle = DATA

    def download(self, pauses=(0, 0)):
        return download(self.registry.url, PATH, self.path("b.tar"), Quiet(), pauses)

    def test_goes_on_where_the_connection_broke(self):
        self.registry.break_bundle_after = [1000, 70000, 1]
        self.download()
        self.assertEqual(self.read("b.tar"), DATA)
        self.assertEqual(os.listdir(self.root), ["b.tar"])
        self.assertEqual(self.registry.asked("GET"), 4)

    def test_goes_on_in_another_process(self):
        self.write("b.tar.part", DATA[:5000])
        self.write_json("b.tar.part.etag", {"etag": '"one"'})
        self.registry.break_bundle_after = [len(DATA) - 5000]
        self.download()
        self.assertEqual(self.read("b.tar"), DATA)
        self.assertEqual(self.registry.asked("GET"), 1)

    def test_starts_again_when_the_registry_has_other_bytes_now(self):
        self.write("b.tar.part", b"old" * 1000)
        self.write_json("b.tar.part.etag", {"etag": '"zero"'})
        self.download()
        self.assertEqual(self.read("b.tar"), DATA)

    def test_starts_again_when_nobody_knows_what_the_part_is_of(self):
        self.write("b.tar.part", b"old" * 1000)
        self.download()
        self.assertEqual(self.read("b.tar"), DATA)

    def test_needs_no_byte_more_when_the_part_is_whole(self):
        self.write("b.tar.part", DATA)
        self.write_json("b.tar.part.etag", {"etag": '"one"'})
        self.download()
        self.assertEqual(self.read("b.tar"), DATA)

    def test_gives_up_when_nothing_arrives_and_keeps_the_part(self):
        self.registry.break_bundle_after = [1000, 0, 0, 0]
        with self.assertRaises(ConnectionLost):
            self.download()
        self.assertEqual(self.read("b.tar.part"), DATA[:1000])
        self.assertEqual(json.loads(self.read("b.tar.part.etag").decode()), {"etag": '"one"'})
        self.assertFalse(os.path.exists("b.tar"))


class Fetch(Workspace):
    def setUp(self):
        super(Fetch, self).setUp()
        self.registry = StubRegistry()
        self.registry.__enter__()
        self.addCleanup(self.registry.__exit__)
        self.maker = BundleMaker()
        self.maker.write("made.tar")
        self.registry.bundle = self.read("made.tar")

    def test_fetches_and_verifies(self):
        url = "%s/records/%s" % (self.registry.url, self.maker.digest)
        code, document = self.call_json("fetch", url)
        outcomes = {f["check"]: f["outcome"] for f in document["findings"]}
        self.assertEqual(code, 0)
        self.assertEqual(document["file"], "%s-standard.tar" % self.maker.top)
        self.assertEqual((outcomes["record-digest"], outcomes["trust"]), ("good", "unpinned"))
        self.assertEqual(self.read(document["file"]), self.registry.bundle)

    def test_relies_on_what_the_reader_gives(self):
        self.write("policy", POLICY)
        keys = self.write_json("keys", {"keys": [REGISTRY_KEY.jwk]})
        where = ("--registry", self.registry.url, "--policy", "policy", "--receipt-keys", keys)
        code, document = self.call_json("fetch", self.maker.digest, *where)
        outcomes = {f["check"]: f["outcome"] for f in document["findings"]}
        self.assertEqual((code, outcomes["trust"]), (0, "good"))

    def test_finds_a_record_by_a_prefix_of_its_digest(self):
        self.registry.records[self.maker.digest] = {}
        called = self.call("fetch", self.maker.top, "--registry", self.registry.url)
        self.assertEqual(called.code, 0)

    def test_says_when_the_bundle_is_of_another_record(self):
        wrong = "sha256:" + "0" * 64
        called = self.call("fetch", wrong, "--registry", self.registry.url, "--profile", "thin")
        self.assertEqual(called.code, 3)
        self.assertIn("NOT VERIFIED: record-digest", called.out)

    def test_sends_no_token_to_fetch(self):
        os.environ["STELE_TOKEN"] = "secret-token"
        self.call("fetch", self.maker.digest, "--registry", self.registry.url)
        self.assertEqual(self.registry.seen_tokens, {None})
