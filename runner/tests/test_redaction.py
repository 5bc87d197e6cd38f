import io
import unittest

from stele.redact.file_scan import hash_and_scan
from stele.redact.log_stream import MAX_LINE_BYTES, RedactingLog
from stele.redact.redactor import Redactor
from tests.workspace import Workspace

LITERALS = [
    ("/home/ada", "${HOME}", "home-directory", False),
    ("ada", "${USER}", "user-name", True),
    ("login3", "${HOST}", "host-name", True),
]

# Put together here, so that no scanner takes this file for a leak.
SECRETS = (
    "gh" + "p_" + "a" * 36,
    "github" + "_pat_" + "B" * 30,
    "gl" + "pat-" + "c" * 20,
    "hf" + "_" + "d" * 34,
    "xo" + "xb-1234567890-abc",
    "AK" + "IA" + "ABCDEFGHIJKLMNOP",
    "ey" + "JhbGciOiJIUzI1NiJ9.ey" + "JzdWIiOiIxIn0123.c2lnbmF0dXJl",
    "st" + "ele_" + "e" * 43,
    "https://ada:" + "hunter22" + "@example.org/x",
    "Authorization: Bearer " + "abcdefgh12345678",
    "AWS_SECRET_ACCESS" + "_KEY=wJalrXUtnFEMI",
    "ada.example" + "@example.org",
    "52:54:00:12:34:56",
    "10.0.0.7",
)
KEY = "-----BEGIN OPENSSH PRIVATE" + " KEY-----\nb3BlbnNzaC1rZXktdjEAAAA\nAAAAB\n"
KEY_END = "-----END OPENSSH PRIVATE" + " KEY-----\n"


class RedactorOfText(unittest.TestCase):
    def test_takes_out_every_kind_of_private_value(self):
        for secret in SECRETS:
            text = Redactor(()).redact("before %s after" % secret)
            self.assertNotIn(secret, text)
            self.assertTrue(text.startswith("before ") and text.endswith(" after"), text)

    def test_leaves_ordinary_text_alone(self):
        for text in (
            "git@example.org:group/project.git",
            "MAX_TOKENS=100000 iterations=5",
            "hdf5@1.12.2.1 and version 4.18.0.305",
            "t=1.5e-3 at 127.0.0.1:8080",
            "stele_run finished, hf_gather: 3 s",
            "12:34:56 step",
        ):
            self.assertEqual(Redactor(()).redact(text), text)

    def test_replaces_home_user_and_host_as_whole_names(self):
        text = Redactor(LITERALS).redact(
            "/home/ada/x /home/adam ada@login3.example canada /data/ada"
        )
        self.assertEqual(text, "${HOME}/x /home/adam ${USER}@${HOST}.example canada /data/${USER}")

    def test_counts_what_it_took_out(self):
        redactor = Redactor(LITERALS)
        redactor.redact("ada and ada on login3", "logs/x")
        expected = [
            {"where": "logs/x", "rule": "host-name", "count": 1},
            {"where": "logs/x", "rule": "user-name", "count": 2},
        ]
        self.assertEqual(redactor.redactions(), expected)


class Logs(unittest.TestCase):
    def log_of(self, chunks, **options):
        sink = io.BytesIO()
        log = RedactingLog(sink, Redactor(LITERALS), "log", **options)
        for chunk in chunks:
            log.write(chunk)
        log.close()
        return sink.getvalue(), log

    def test_finds_a_token_that_comes_in_pieces(self):
        secret = SECRETS[0].encode("ascii")
        whole = b"step 1\ntoken " + secret + b" used\nstep 2"
        kept, _ = self.log_of(whole[n : n + 1] for n in range(len(whole)))
        self.assertEqual(kept, b"step 1\ntoken [redacted: service-token] used\nstep 2")

    def test_leaves_out_the_body_of_a_key(self):
        kept, _ = self.log_of([("a\n" + KEY + KEY_END + "b\n").encode("ascii")])
        self.assertEqual(kept, b"a\n[redacted: private-key]\nb\n")

    def test_leaves_out_everything_after_a_key_without_end(self):
        kept, _ = self.log_of([("a\n" + KEY).encode("ascii"), b"more\n"])
        self.assertEqual(kept, b"a\n[redacted: private-key]\n")

    def test_keeps_whole_lines_up_to_its_limit(self):
        kept, log = self.log_of([b"12345\n" * 10], limit=20)
        self.assertEqual((kept, log.truncated_at), (b"12345\n" * 3, 18))

    def test_cuts_an_endless_line_between_words(self):
        secret = SECRETS[0].encode("ascii")
        line = b"x " * (MAX_LINE_BYTES // 2 - 5) + secret + b" end"
        kept, log = self.log_of([line[:-20], line[-20:], b"\nnext\n"])
        self.assertNotIn(secret[:12], kept)
        self.assertTrue(kept.endswith(b"left out]\nnext\n"))
        self.assertIsNotNone(log.truncated_at)

    def test_keeps_bytes_that_are_no_text(self):
        kept, log = self.log_of([b"\xff\xfe ada\n"])
        self.assertEqual((kept, log.truncated_at), (b"\xff\xfe ${USER}\n", None))


class Outputs(Workspace):
    def test_finds_private_text_where_two_chunks_meet(self):
        self.write("out.bin", b"\0" * (1024 * 1024 - 5) + b"/home/ada/x\xff")
        _, size, rules = hash_and_scan("out.bin", Redactor(LITERALS))
        self.assertEqual((size, rules), (1024 * 1024 + 7, {"home-directory", "user-name"}))
