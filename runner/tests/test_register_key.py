import json
import os

from stele.record.canonical_json import canonical_bytes
from stele.record.strict_json import parse_strict_json
from stele.signing.private_key import make_key_file
from stele.verify import ed25519
from stele.verify.jws import decode_base64url
from tests.stub_registry import TOKEN, Handler, StubRegistry
from tests.workspace import Workspace


class KeyRegistry(StubRegistry):
    """Gives a nonce and keeps what was registered; it checks nothing."""

    def __init__(self):
        super(KeyRegistry, self).__init__()
        self.RequestHandlerClass = KeyHandler
        self.given = {"nonce": "abc", "project": "rods", "expiresAt": "2026-11-23T08:05:00Z"}
        self.registered = []
        self.refusal = None


class KeyHandler(Handler):
    def do_POST(self):
        if not self.note():
            return None
        data = self.body()
        if not self.is_allowed():
            return self.problem(401, "invalid-token")
        if self.path == "/depositor-keys/nonce":
            return self.answer_json(200, self.server.given)
        if self.server.refusal is not None:
            return self.problem(403, self.server.refusal)
        is_new = data not in self.server.registered
        self.server.registered.append(data)
        known = {"kid": "kid", "project": "rods", "addedAt": "2026-11-23T08:00:00Z", "logIndex": 7}
        return self.answer_json(201 if is_new else 200, known)


class RegisterKey(Workspace):
    def setUp(self):
        super(RegisterKey, self).setUp()
        self.registry = KeyRegistry()
        self.registry.__enter__()
        self.addCleanup(self.registry.__exit__)
        self.write("token", TOKEN + "\n")
        self.key = make_key_file("key")

    def add(self, *options):
        where = ("--registry", self.registry.url, "--token-file", "token")
        return self.call("keys", "add", *(options + where))

    def stated(self):
        """What was signed, of the last registration; the signature is checked."""
        body = parse_strict_json(self.registry.registered[-1])
        self.assertEqual(set(body), {"jwk", "proof"})
        proof = body["proof"]
        signed = (proof["protected"] + "." + proof["payload"]).encode("ascii")
        public = decode_base64url(body["jwk"]["x"])
        self.assertTrue(ed25519.verify(public, signed, decode_base64url(proof["signature"])))
        header = parse_strict_json(decode_base64url(proof["protected"]))
        typ = "stele-key-possession+jws"
        self.assertEqual(header, {"alg": "EdDSA", "kid": self.key.thumbprint, "typ": typ})
        payload = decode_base64url(proof["payload"])
        self.assertEqual(canonical_bytes(parse_strict_json(payload)), payload)
        return parse_strict_json(payload)

    def test_signs_nonce_project_and_registry(self):
        called = self.add("--key", "key")
        self.assertEqual((called.code, called.err), (0, ""))
        self.assertIn("registered  " + self.key.thumbprint, called.out)
        self.assertEqual(
            self.stated(),
            {
                "kid": self.key.thumbprint,
                "nonce": "abc",
                "project": "rods",
                "registry": self.registry.url,
            },
        )

    def test_never_sends_or_shows_the_private_part(self):
        called = self.add("key")
        secret = json.loads(self.read("key").decode())["d"]
        self.assertNotIn(secret.encode("ascii"), b"".join(self.registry.registered))
        self.assertNotIn(secret, called.out + called.err)
        self.assertEqual(self.registry.seen_tokens, {"Bearer " + TOKEN})

    def test_says_when_the_key_was_known(self):
        self.add("key")
        again = self.add("key")
        self.assertIn("was registered before", again.out)
        self.assertEqual(again.code, 0)

    def test_goes_on_when_the_registry_is_busy(self):
        self.registry.busy_answers = 1
        self.assertEqual(self.add("key").code, 0)

    def test_wants_a_project_with_a_token_that_is_for_all(self):
        self.registry.given["project"] = "*"
        without = self.add("key")
        self.assertEqual(without.code, 2)
        self.assertIn("--project", without.err)
        self.assertEqual(self.registry.registered, [])
        self.assertEqual(self.add("key", "--project", "jets").code, 0)
        self.assertEqual(self.stated()["project"], "jets")

    def test_signs_for_the_address_without_a_slash_at_its_end(self):
        url = self.registry.url
        self.call("keys", "add", "key", "--registry", url + "/", "--token-file", "token")
        self.assertEqual(self.stated()["registry"], url)

    def test_tells_the_refusal_of_the_registry(self):
        self.registry.refusal = "wrong-project"
        called = self.add("key")
        self.assertEqual(called.code, 1)
        self.assertIn("[wrong-project]", called.err)

    def test_takes_no_answer_of_another_kind_for_a_nonce(self):
        for given in ({}, {"nonce": 7, "project": "rods"}, {"nonce": "abc"}):
            self.registry.given = given
            self.assertEqual(self.add("key").code, 2, given)

    def test_needs_a_token_and_one_key(self):
        self.assertEqual(self.call("keys", "add", "key").code, 2)
        self.assertEqual(self.add().code, 2)
        self.assertEqual(self.add("key", "--key", "key").code, 2)
        self.assertEqual(self.call("keys", "new").code, 2)
        self.assertEqual(os.listdir(self.root).count("key"), 1)

    def test_answers_programs_in_json(self):
        where = ("--registry", self.registry.url, "--token-file", "token")
        code, known = self.call_json("keys", "add", "key", *where)
        self.assertEqual((code, known["logIndex"], known["alreadyThere"]), (0, 7, False))
