import json
import os
import stat

from stele.record.canonical_json import canonical_bytes
from stele.signing.depositor_signature import signatures_over
from stele.signing.ed25519_signing import public_key_of, sign
from stele.signing.private_key import make_key_file, read_key_file
from stele.refusal import Refusal
from stele.verify import ed25519
from stele.verify.jws import decode_base64url, parse_signatures
from tests.test_ed25519 import RFC_8032_VECTORS
from tests.workspace import Workspace

RFC_8032_SEEDS = (
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
)


class Signing(Workspace):
    def test_makes_the_keys_and_signatures_of_rfc_8032(self):
        for seed, (key, message, signature) in zip(RFC_8032_SEEDS, RFC_8032_VECTORS):
            seed = bytes.fromhex(seed)
            self.assertEqual(public_key_of(seed).hex(), key)
            self.assertEqual(sign(seed, bytes.fromhex(message)).hex(), signature)

    def test_signs_a_record_as_the_format_says(self):
        key = make_key_file("key")
        record = b'{"a":1}'
        (jws,) = parse_signatures(signatures_over(record, [key]))
        signed = jws._replace(payload=record).signed_bytes()
        header = {
            "alg": "EdDSA",
            "cty": "application/vnd.stele.record+json",
            "kid": key.thumbprint,
            "typ": "stele-deposit+jws",
        }
        self.assertEqual(jws.header(), header)
        public = decode_base64url(key.public_jwk()["x"])
        self.assertTrue(ed25519.verify(public, signed, jws.signature))


class KeyFiles(Workspace):
    def test_makes_a_new_key_each_time_and_reads_it_again(self):
        made = [make_key_file(name) for name in ("one", "two")]
        self.assertEqual(read_key_file("one").seed, made[0].seed)
        self.assertNotEqual(made[0].seed, made[1].seed)

    def test_keeps_the_file_to_its_owner_and_never_writes_over_one(self):
        made = self.call("keys", "new", "key")
        before = self.read("key")
        again = self.call("keys", "new", "key")
        self.assertEqual((made.code, again.code), (0, 2))
        self.assertEqual(stat.S_IMODE(os.stat("key").st_mode), 0o600)
        self.assertEqual(self.read("key"), before)

    def test_shows_the_public_part_and_never_the_private_one(self):
        made = self.call("keys", "new", "key")
        shown = self.call("keys", "public", "key")
        secret = json.loads(self.read("key").decode())["d"]
        public = json.loads(shown.out)
        self.assertEqual(sorted(public), ["alg", "crv", "kid", "kty", "use", "x"])
        self.assertIn(public["kid"], made.out)
        self.assertNotIn(secret, made.out + made.err + shown.out + shown.err)
        self.assertEqual(self.call_json("keys", "public", "key"), (0, public))

    def test_has_the_thumbprint_of_rfc_8037(self):
        # Appendix A.1 to A.3: the first key of RFC 8032.
        jwk = {
            "crv": "Ed25519",
            "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
            "kty": "OKP",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        }
        self.write("key", canonical_bytes(jwk), 0o600)
        thumbprint = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        self.assertEqual(read_key_file("key").thumbprint, thumbprint)

    def test_refuses_a_file_that_others_may_read(self):
        make_key_file("key")
        os.chmod("key", 0o640)
        with self.assertRaises(Refusal) as caught:
            read_key_file("key")
        self.assertIn("chmod 600", caught.exception.message)

    def test_refuses_what_is_no_key_without_repeating_it(self):
        jwk = make_key_file("good").private_jwk()
        other = make_key_file("other").private_jwk()
        for content in (
            b"secret-secret",
            b'{"d":"secret-secret"}',
            b'{"d":"secretsecret!"}',
            b'{"d":7}',
            canonical_bytes(dict(jwk, x=other["x"])),
            canonical_bytes(dict(jwk, crv="X25519")),
            canonical_bytes(dict(jwk, d=jwk["d"] + "A")),
        ):
            self.write("bad", content, 0o600)
            shown = self.call("keys", "public", "bad")
            self.assertEqual(shown.code, 2, content)
            self.assertNotIn("secret", shown.err)
            self.assertNotIn(jwk["d"], shown.err)
        self.assertEqual(self.call("keys", "public", "nowhere").code, 2)
