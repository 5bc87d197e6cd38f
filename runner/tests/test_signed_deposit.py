from stele.record.canonical_json import canonical_bytes
from stele.record.digest import digest_of
from stele.signing.private_key import make_key_file
from stele.verify import ed25519
from stele.verify.jws import decode_base64url, encode_base64url, parse_signatures
from tests.test_deposit import DepositCase


class SignedDeposit(DepositCase):
    def setUp(self):
        super(SignedDeposit, self).setUp()
        self.manifest()
        self.key = make_key_file("key")

    def deposit(self, *options):
        return self.call("deposit", self.root, "--token-file", "token", "--sign", "key", *options)

    def names_keys(self, *thumbprints):
        payload = canonical_bytes({"depositor": {"keys": list(thumbprints)}, "iat": 1795168800})
        self.registry.receipt = {"payload": encode_base64url(payload)}

    def test_sends_the_canonical_record_and_a_signature_over_exactly_that(self):
        self.names_keys(self.key.thumbprint)
        called = self.deposit("--write-record", "kept.json")
        ((digest, sent),) = self.registry.signatures.items()
        (jws,) = parse_signatures(sent)
        signed = jws._replace(payload=self.read("kept.json")).signed_bytes()
        public = decode_base64url(self.key.public_jwk()["x"])
        self.assertEqual(called.code, 0, called.err)
        self.assertEqual(digest_of(self.read("kept.json")), digest)
        self.assertTrue(ed25519.verify(public, signed, jws.signature))
        self.assertIn("signed  " + self.key.thumbprint, called.out)

    def test_signs_with_every_key_that_is_given(self):
        make_key_file("second")
        self.deposit("--sign", "second")
        (sent,) = self.registry.signatures.values()
        self.assertEqual(len(parse_signatures(sent)), 2)

    def test_makes_a_given_record_canonical_before_it_is_signed(self):
        self.write("given/record.json", '{ "title": "x",\n "schema": "stele-record-1" }')
        called = self.call(
            "deposit", "given", "--token-file", "token", "--sign", "key", "--write-record", "kept"
        )
        self.assertEqual(called.code, 0, called.err)
        self.assertEqual(self.read("kept"), b'{"schema":"stele-record-1","title":"x"}')

    def test_says_when_the_receipt_does_not_name_the_key(self):
        self.names_keys("somebody-else")
        called = self.deposit()
        self.assertIn("! the receipt does not name your key " + self.key.thumbprint, called.out)

    def test_asks_the_same_of_a_dry_run(self):
        self.assertEqual(self.deposit("--dry-run").code, 0)
        self.assertEqual(self.registry.signatures, {})
