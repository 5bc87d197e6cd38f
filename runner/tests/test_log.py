import hashlib
import json
import os
import unittest

from stele.log.checkpoint import open_checkpoint, parse_checkpoint_text
from stele.log.merkle_tree import EMPTY_ROOT, is_consistent, leaf_hash, root_from_inclusion
from stele.log.note import parse_note, signers_of
from stele.log.proof_file import parse_proof_file
from stele.log.verifier_key import key_id_of, parse_verifier_key, time_of_cosignature
from stele.refusal import Refusal
from tests.signing import Key, vkey_of

TEST_DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "test", "data")

with open(os.path.join(TEST_DATA, "tlog-vectors", "vectors.json"), "rb") as stream:
    VECTORS = json.loads(stream.read().decode("utf-8"))

LOG_KEY = parse_verifier_key(VECTORS["key"]["vkey"])
WITNESS_KEY = parse_verifier_key(VECTORS["witness"]["vkey"])
ROOTS = {tree["size"]: bytes.fromhex(tree["rootHex"]) for tree in VECTORS["trees"]}


def hashes(texts):
    return [bytes.fromhex(text) for text in texts]


def flipped(data, position):
    return data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]


class Tree(unittest.TestCase):
    """The vectors were made with golang.org/x/mod/sumdb/tlog."""

    def test_hashes_leaves_and_the_empty_tree_as_the_vectors(self):
        self.assertEqual(EMPTY_ROOT.hex(), VECTORS["emptyRootHex"])
        for leaf in VECTORS["leafHashes"]:
            self.assertEqual(leaf_hash(leaf["dataUtf8"].encode()).hex(), leaf["leafHashHex"])

    def test_accepts_every_inclusion_proof_and_no_spoiled_one(self):
        for vector in VECTORS["inclusion"]:
            index, size, proof = vector["index"], vector["size"], hashes(vector["proofHex"])
            leaf = bytes.fromhex(vector["leafHashHex"])
            root = ROOTS[size]
            self.assertEqual(root_from_inclusion(index, size, leaf, proof), root)
            self.assertNotEqual(root_from_inclusion(index, size, flipped(leaf, 9), proof), root)
            self.assertNotEqual(root_from_inclusion(index + 1, size, leaf, proof), root)
            for at in range(len(proof)):
                spoiled = proof[:at] + [flipped(proof[at], 31)] + proof[at + 1 :]
                self.assertNotEqual(root_from_inclusion(index, size, leaf, spoiled), root)

    def test_refuses_inclusion_proofs_of_another_length_and_indexes_outside(self):
        for vector in VECTORS["inclusion"]:
            index, size, proof = vector["index"], vector["size"], hashes(vector["proofHex"])
            leaf = bytes.fromhex(vector["leafHashHex"])
            self.assertIsNone(root_from_inclusion(index, size, leaf, proof + [leaf]))
            self.assertIsNone(root_from_inclusion(size, size, leaf, proof))
            self.assertIsNone(root_from_inclusion(-1, size, leaf, proof))
            if proof:
                self.assertIsNone(root_from_inclusion(index, size, leaf, proof[:-1]))

    def test_accepts_every_consistency_proof_and_no_spoiled_one(self):
        for vector in VECTORS["consistency"]:
            old, new = vector["oldSize"], vector["newSize"]
            old_root, new_root = hashes([vector["oldRootHex"], vector["newRootHex"]])
            proof = hashes(vector["proofHex"])
            self.assertTrue(is_consistent(old, old_root, new, new_root, proof))
            self.assertFalse(is_consistent(old, flipped(old_root, 0), new, new_root, proof))
            self.assertFalse(is_consistent(old, old_root, new, flipped(new_root, 0), proof))
            self.assertFalse(is_consistent(old, old_root, new, new_root, proof + [old_root]))
            self.assertFalse(is_consistent(new + 1, old_root, new, new_root, proof))
            self.assertFalse(is_consistent(old, old_root, 4 * new, new_root, proof))
            for at in range(len(proof)):
                spoiled = proof[:at] + [flipped(proof[at], 31)] + proof[at + 1 :]
                self.assertFalse(is_consistent(old, old_root, new, new_root, spoiled))

    def test_takes_any_tree_for_a_continuation_of_the_empty_one(self):
        self.assertTrue(is_consistent(0, EMPTY_ROOT, 1, ROOTS[1], []))
        self.assertFalse(is_consistent(0, ROOTS[1], 1, ROOTS[1], []))
        self.assertFalse(is_consistent(0, EMPTY_ROOT, 1, ROOTS[1], [ROOTS[1]]))


class Keys(unittest.TestCase):
    def test_reads_a_key_whose_id_fits(self):
        key = VECTORS["key"]
        self.assertEqual(LOG_KEY.name, key["name"])
        self.assertEqual(LOG_KEY.public_key.hex(), key["publicKeyHex"])
        self.assertEqual(LOG_KEY.key_id.hex(), key["keyIdHex"])

    def test_refuses_keys_that_are_altered_or_of_unknown_kinds(self):
        name, key_id, encoded = VECTORS["key"]["vkey"].split("+", 2)
        other_kind = vkey_of("log", Key(b"1"), kind=2)
        for bad in (
            "+".join(["other", key_id, encoded]),
            "+".join([name, "00000000", encoded]),
            "+".join([name, key_id.upper() + "A", encoded]),
            "+".join([name, key_id, encoded[:-4]]),
            "+".join([name, key_id]),
            "+".join([name, key_id, encoded + "="]),
            " " + VECTORS["key"]["vkey"],
            other_kind,
            "",
        ):
            with self.assertRaises(Refusal, msg=bad):
                parse_verifier_key(bad)

    def test_computes_key_ids_from_name_kind_and_key(self):
        hashed = b"name\n\x01" + b"\x00" * 32
        self.assertEqual(key_id_of("name", 1, b"\x00" * 32), hashlib.sha256(hashed).digest()[:4])


class Checkpoints(unittest.TestCase):
    def test_opens_the_checkpoints_of_the_vectors(self):
        for name in ("checkpoint", "emptyCheckpoint", "cosignedCheckpoint"):
            signed = VECTORS[name]["signed"].encode("utf-8")
            checkpoint = open_checkpoint(signed, [LOG_KEY])
            self.assertEqual(checkpoint.origin, LOG_KEY.name)
        self.assertEqual(checkpoint.root, ROOTS[checkpoint.size])

    def test_refuses_what_the_vectors_say_must_be_refused(self):
        for vector in VECTORS["mustReject"]:
            if vector["why"] != "validly signed split view: same size, another root":
                with self.assertRaises(Refusal, msg=vector["why"]):
                    open_checkpoint(vector["signed"].encode("utf-8"), [LOG_KEY])

    def test_accepts_what_the_vectors_say_must_be_accepted(self):
        for vector in VECTORS["mustAccept"]:
            open_checkpoint(vector["signed"].encode("utf-8"), [LOG_KEY])

    def test_refuses_a_signature_of_another_log_under_this_ones_name(self):
        other = Key(b"another log")
        text = "one.example/log\n0\n%s\n" % VECTORS["emptyCheckpoint"]["signed"].split("\n")[2]
        signed = other.note(text, "two.example/log")
        key = parse_verifier_key(vkey_of("two.example/log", other))
        with self.assertRaises(Refusal):
            open_checkpoint(signed, [key])

    def test_knows_every_bad_spelling(self):
        text = VECTORS["trees"][0]["checkpointText"]
        parse_checkpoint_text(text)
        origin, size, root, _ = text.split("\n")
        for bad in (
            [origin, "01", root, ""],
            [origin, "+1", root, ""],
            [origin, "1.0", root, ""],
            [origin, "9" * 17, root, ""],
            [origin, "9007199254740992", root, ""],
            [origin, "\u0661", root, ""],
            [origin, size, root[:-1], ""],
            [origin, size, root[:-2] + "V=", ""],
            [origin, size, root + root, ""],
            ["", size, root, ""],
            [origin, size, root, "extension", ""],
            [origin, "0", root, ""],
            [origin, size, root],
        ):
            with self.assertRaises(Refusal, msg=bad):
                parse_checkpoint_text("\n".join(bad))


class Notes(unittest.TestCase):
    def test_tells_who_signed(self):
        note = parse_note(VECTORS["cosignedCheckpoint"]["signed"].encode("utf-8"))
        self.assertEqual(signers_of(note, [LOG_KEY, WITNESS_KEY]), [LOG_KEY, WITNESS_KEY])
        self.assertEqual(signers_of(note, [WITNESS_KEY]), [WITNESS_KEY])
        self.assertEqual(time_of_cosignature(note.lines[1].signature), 1700000000)
        message = "cosignature/v1\ntime 1700000000\n" + note.text
        self.assertEqual(message, VECTORS["cosignedCheckpoint"]["cosignedMessage"])

    def test_refuses_a_cosignature_with_another_time(self):
        note = parse_note(VECTORS["cosignedCheckpoint"]["signed"].encode("utf-8"))
        line = note.lines[1]
        later = line._replace(signature=flipped(line.signature, 7))
        with self.assertRaises(Refusal):
            signers_of(note._replace(lines=[note.lines[0], later]), [LOG_KEY, WITNESS_KEY])

    def test_refuses_times_that_no_clock_shows(self):
        self.assertIsNone(time_of_cosignature(b"\xff" * 72))
        self.assertIsNone(time_of_cosignature(b"\x00" * 71))

    def test_never_takes_an_altered_note(self):
        signed = VECTORS["checkpoint"]["signed"].encode("utf-8")
        for position in range(len(signed)):
            with self.assertRaises(Refusal, msg=position):
                open_checkpoint(flipped(signed, position), [LOG_KEY])

    def test_reads_a_million_bytes_and_no_more(self):
        signed = VECTORS["checkpoint"]["signed"].encode("utf-8")
        short = 1000000 - len(signed)
        long = "\u00e9".encode("utf-8") * (short // 2) + b"x" * (short % 2) + signed
        self.assertEqual(len(parse_note(long).lines), 1)
        with self.assertRaises(Refusal):
            parse_note(b"x" + long)

    def test_reads_a_hundred_signatures_and_no_more(self):
        signed = VECTORS["checkpoint"]["signed"]
        line = VECTORS["cosignedCheckpoint"]["line"].rstrip("\n") + "\n"
        open_checkpoint((signed + line * 99).encode("utf-8"), [LOG_KEY])
        with self.assertRaises(Refusal):
            open_checkpoint((signed + line * 100).encode("utf-8"), [LOG_KEY])


class ProofFiles(unittest.TestCase):
    def test_reads_the_proof_of_the_vectors(self):
        vector = VECTORS["tlogProof"]
        found = parse_proof_file(vector["text"].encode("utf-8"))
        checkpoint = open_checkpoint(found.checkpoint, [LOG_KEY])
        leaf = bytes.fromhex(vector["leafHashHex"])
        root = root_from_inclusion(found.index, checkpoint.size, leaf, found.proof)
        self.assertEqual((found.index, root), (vector["index"], checkpoint.root))

    def test_reads_past_extra_data(self):
        text = VECTORS["tlogProof"]["text"].replace("\nindex", "\nextra YQ==\nindex", 1)
        plain = parse_proof_file(VECTORS["tlogProof"]["text"].encode("utf-8"))
        self.assertEqual(parse_proof_file(text.encode("utf-8")), plain)

    def test_refuses_every_other_form(self):
        good = VECTORS["tlogProof"]["text"]
        first_hash = good.split("\n")[2]
        for bad in (
            good.replace("@v1", "@v2"),
            good.replace("index 255", "index 0255"),
            good.replace("index 255", "index -1"),
            good.replace("index 255\n", ""),
            good.replace("index 255\n", "index 255\nindex 255\n"),
            good.replace("\nindex", "\nextra YQ\nindex"),
            good.replace(first_hash, first_hash[:-4]),
            good.replace(first_hash, "\n".join([first_hash] * 64)),
            good.replace("\n", "\r\n"),
            "",
        ):
            with self.assertRaises(Refusal, msg=bad[:60]):
                parse_proof_file(bad.encode("utf-8"))
