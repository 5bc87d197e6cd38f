import io

from stele.console import Console, Progress, in_words, plain
from stele.refusal import Refusal
from stele.replay.confirm import confirm
from tests.workspace import Workspace

DIGEST = "sha256:" + "ab12cd34" * 8


class Terminal(io.StringIO):
    def isatty(self):
        return True


def console_that_answers(answer):
    return Console(err=Terminal(), terminal=Terminal(answer + "\n"))


class Confirm(Workspace):
    def assert_not_confirmed(self, given, console):
        with self.assertRaises(Refusal) as caught:
            confirm(DIGEST, given, console)
        self.assertEqual(caught.exception.exit_code, 9)

    def test_takes_the_first_eight_digits_or_more(self):
        for answer in ("ab12cd34", "AB12CD34", DIGEST, "sha256:ab12cd34", DIGEST[7:]):
            confirm(DIGEST, None, console_that_answers(answer))

    def test_takes_nothing_else(self):
        for answer in ("", "y", "yes", "ab12cd3", "ab12cd35", "12cd34ab", "ab12cd34z"):
            self.assert_not_confirmed(None, console_that_answers(answer))

    def test_takes_the_full_id_where_nobody_can_be_asked(self):
        silent = Console(err=io.StringIO(), terminal=io.StringIO())
        confirm(DIGEST, DIGEST, silent)
        self.assert_not_confirmed(None, silent)
        self.assert_not_confirmed("sha256:" + "0" * 64, silent)
        with self.assertRaises(Refusal):
            confirm(DIGEST, "ab12cd34", silent)


class Words(Workspace):
    def test_shows_nothing_that_could_steer_a_terminal(self):
        text = plain("a\x1b[2Jb\u202ec\x00\x9b\n\t\u00e4")
        self.assertEqual(text, "a\\u001b[2Jb\\u202ec\\u0000\\u009b\n\t\u00e4")

    def test_prints_where_only_ascii_can_be_printed(self):
        raw = io.BytesIO()
        stream = io.TextIOWrapper(raw, encoding="ascii")
        Console(out=stream).say("\u00c5sa")
        self.assertEqual(raw.getvalue(), b"\\xc5sa\n")

    def test_draws_progress_on_a_terminal_only(self):
        for stream, is_drawn in ((Terminal(), True), (io.StringIO(), False)):
            with Progress(stream, "sending", 2048) as progress:
                progress.add(2048)
            self.assertEqual("100% 2.0 KiB of 2.0 KiB" in stream.getvalue(), is_drawn)

    def test_names_sizes(self):
        sizes = {0: "0 B", 1023: "1023 B", 1536: "1.5 KiB", 3 * 1024**4: "3.0 TiB"}
        self.assertEqual({size: in_words(size) for size in sizes}, sizes)
