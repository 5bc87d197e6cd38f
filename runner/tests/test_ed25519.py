import unittest
from unittest import mock

from stele.refusal import Refusal
from stele.signing.ed25519_signing import encode_point, expanded, public_key_of
from stele.verify import ed25519, es256
from stele.verify.jws import decode_base64url
from tests.signing import DEPOSITOR_KEY, REGISTRY_KEY

RFC_8032_VECTORS = (
    # RFC 8032, section 7.1: public key, message, signature
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
        "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
)

OF_ORDER_EIGHT = ed25519.decode_point(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
)


class Ed25519(unittest.TestCase):
    def test_accepts_the_vectors_of_rfc_8032(self):
        for key, message, signature in RFC_8032_VECTORS:
            self.assertTrue(ed25519.verify(*map(bytes.fromhex, (key, message, signature))))

    def test_refuses_another_message_key_or_signature(self):
        key, message, signature = map(bytes.fromhex, RFC_8032_VECTORS[1])
        other_key = bytes.fromhex(RFC_8032_VECTORS[0][0])
        flipped = bytes([signature[0] ^ 1]) + signature[1:]
        self.assertFalse(ed25519.verify(key, message + b"!", signature))
        self.assertFalse(ed25519.verify(other_key, message, signature))
        self.assertFalse(ed25519.verify(key, message, flipped))
        self.assertFalse(ed25519.verify(key, message, signature[:63]))

    def test_refuses_a_second_spelling_of_a_good_signature(self):
        key, message, signature = map(bytes.fromhex, RFC_8032_VECTORS[1])
        scalar = int.from_bytes(signature[32:], "little") + ed25519.ORDER
        malleable = signature[:32] + scalar.to_bytes(32, "little")
        self.assertFalse(ed25519.verify(key, message, malleable))

    def test_refuses_bytes_that_are_no_point(self):
        self.assertIsNone(ed25519.decode_point(b"\xff" * 32))
        self.assertIsNone(ed25519.decode_point((1 | 1 << 255).to_bytes(32, "little")))

    def test_refuses_points_that_are_spelled_with_a_number_too_large(self):
        neutral, order_two = 1, ed25519.P - 1
        for y in (ed25519.P, ed25519.P + neutral, 2**255 - 1):
            self.assertIsNone(ed25519.decode_point(y.to_bytes(32, "little")))
        for y in (neutral, order_two):
            self.assertIsNotNone(ed25519.decode_point(y.to_bytes(32, "little")))
            # x is 0 there, and minus 0 would be a second spelling.
            self.assertIsNone(ed25519.decode_point((y | 1 << 255).to_bytes(32, "little")))

    def test_refuses_the_neutral_commitment_under_another_spelling(self):
        key, message, _ = map(bytes.fromhex, RFC_8032_VECTORS[1])
        other_neutral = (ed25519.P + 1).to_bytes(32, "little")
        self.assertFalse(ed25519.verify(key, message, other_neutral + bytes(32)))

    def test_does_not_overlook_a_part_of_small_order(self):
        """Multiplied by eight, as RFC 8032 allows, both sides would be equal; OpenSSL refuses."""
        seed, message = b"k" * 32, b"message"
        secret, _ = expanded(seed)
        commitment = encode_point(ed25519.add(ed25519.multiply(7, ed25519.BASE), OF_ORDER_EIGHT))
        challenge = ed25519.hash_to_scalar(commitment + public_key_of(seed) + message)
        scalar = (7 + challenge * secret) % ed25519.ORDER
        signature = commitment + scalar.to_bytes(32, "little")
        self.assertFalse(ed25519.verify(public_key_of(seed), message, signature))

    def test_refuses_keys_that_have_signed_everything(self):
        """With the neutral point as key, s = 1 and the base point fit every message."""
        signature = encode_point(ed25519.BASE) + (1).to_bytes(32, "little")
        for times in range(8):
            key = encode_point(ed25519.multiply(times, OF_ORDER_EIGHT))
            for message in (b"a", b"b", b"c", b"d", b"e", b"f", b"g", b"h"):
                self.assertFalse(ed25519.verify(key, message, signature), (times, message))

    def test_refuses_the_neutral_commitment(self):
        seed, message = b"k" * 32, b"message"
        secret, _ = expanded(seed)
        commitment = encode_point(ed25519.NEUTRAL)
        challenge = ed25519.hash_to_scalar(commitment + public_key_of(seed) + message)
        signature = commitment + (challenge * secret % ed25519.ORDER).to_bytes(32, "little")
        self.assertFalse(ed25519.verify(public_key_of(seed), message, signature))

    def test_verifies_what_the_tests_sign(self):
        signature = REGISTRY_KEY.sign(b"message")
        self.assertTrue(ed25519.verify(REGISTRY_KEY.public, b"message", signature))
        self.assertFalse(ed25519.verify(DEPOSITOR_KEY.public, b"message", signature))


class Es256(unittest.TestCase):
    """The example of RFC 7515, appendix A.3."""

    COORDINATES = (
        decode_base64url("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
        decode_base64url("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"),
    )
    SIGNED = (
        b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6"
        b"Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    )
    SIGNATURE = decode_base64url(
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA" "pmWQxfKTUJqPP3-Kg6NU1Q"
    )

    def test_accepts_the_example_of_the_rfc_through_openssl(self):
        self.assertTrue(es256.verify(self.COORDINATES, self.SIGNED, self.SIGNATURE))

    def test_refuses_another_message_or_length(self):
        self.assertFalse(es256.verify(self.COORDINATES, self.SIGNED + b"!", self.SIGNATURE))
        self.assertFalse(es256.verify(self.COORDINATES, self.SIGNED, self.SIGNATURE[:-1]))

    def test_says_nothing_without_openssl(self):
        with mock.patch("shutil.which", return_value=None):
            self.assertIsNone(es256.verify(self.COORDINATES, self.SIGNED, self.SIGNATURE))


class Base64Url(unittest.TestCase):
    def test_refuses_padding_other_alphabets_and_stray_bits(self):
        for text in ("YQ==", "+/+/", "YR", "Y Q", None):
            with self.assertRaises(Refusal):
                decode_base64url(text)
        self.assertEqual(decode_base64url("YQ"), b"a")
