import json
import os
import subprocess
import sys

from stele.refusal import Refusal
from stele.replay.journal import Journal
from stele.replay.lock import Lock
from stele.replay.process_id import identify, is_alive
from tests.workspace import Workspace


class Journals(Workspace):
    def test_reads_back_what_was_written_in_order(self):
        journal = Journal(self.root)
        journal.append("a", n=1)
        journal.append("b", n=2)
        self.assertEqual([(e["event"], e["n"]) for e in journal.events()], [("a", 1), ("b", 2)])
        self.assertEqual(journal.last("a")["n"], 1)

    def test_survives_a_line_that_was_cut(self):
        journal = Journal(self.root)
        journal.append("a", n=1)
        with open("journal.jsonl", "ab") as stream:
            stream.write(b'{"event":"b","n":')
        journal.append("c", n=3)
        self.assertEqual([e["event"] for e in Journal(self.root).events()], ["a", "c"])


class Locks(Workspace):
    def test_lets_one_runner_in(self):
        with Lock(self.root):
            with self.assertRaises(Refusal) as caught:
                Lock(self.root).__enter__()
        self.assertEqual(caught.exception.exit_code, 12)
        with Lock(self.root):
            pass
        self.assertEqual(os.listdir(self.root), [])

    def test_takes_over_from_a_runner_that_is_dead(self):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        self.write_json("lock", identify(child.pid))
        with self.assertRaises(Refusal):
            Lock(self.root).__enter__()
        child.communicate(b"\n")
        with Lock(self.root):
            self.assertEqual(json.loads(self.read("lock").decode())["pid"], os.getpid())

    def test_respects_a_lock_of_another_machine(self):
        self.write_json("lock", {"pid": 1, "started": 1, "boot": "another"})
        with self.assertRaises(Refusal):
            Lock(self.root).__enter__()

    def test_knows_a_process_from_another_with_the_same_number(self):
        identity = identify(os.getpid())
        self.assertTrue(is_alive(identity))
        self.assertFalse(is_alive(dict(identity, started=identity["started"] - 1)))
