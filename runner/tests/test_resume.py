import os
import signal
import subprocess
import sys
import time

from stele.replay.process_id import identify
from tests.run_case import RunCase

RUNNER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PATIENCE_SECONDS = 20


class Resume(RunCase):
    """A runner in a process of its own, ended in the middle of its second stage."""

    def start(self, *options):
        command = [sys.executable, "-B", "-m", "stele", "run", self.path("own"), "--dir", "out"]
        environment = dict(os.environ, PYTHONPATH=RUNNER)
        child = subprocess.Popen(
            command + list(options),
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self.addCleanup(child.stderr.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        return child

    def wait_for(self, name):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (os.path.exists(name) and os.path.getsize(name)):
            self.assertLess(time.monotonic(), deadline, "no " + name)
            time.sleep(0.02)

    def three_stages(self):
        self.own_workflow(
            ("one", "echo once >> count"),
            ("two", "test -e go || { echo $$ > pid; sleep 60; }; echo two >> count"),
            ("three", "echo three >> count", {"needs": ["two"]}),
        )

    def test_goes_on_after_the_runner_was_killed(self):
        self.three_stages()
        child = self.start()
        self.wait_for("out/work/pid")
        child.kill()
        child.wait()
        orphan = int(self.read("out", "work", "pid"))
        self.assertIsNotNone(identify(orphan)["started"])
        self.write("out/work/go", "")
        called = self.call("run", "own", "--dir", "out", "--resume")
        stages = [(s["id"], s["attempt"], s["status"]) for s in self.run_half()["stages"]]
        self.assertEqual(called.code, 0, called.err)
        self.assertEqual(self.read("out", "work", "count"), b"once\ntwo\nthree\n")
        self.assertIsNone(identify(orphan)["started"])
        expected = [
            ("one", 1, "succeeded"),
            ("two", 1, "cancelled"),
            ("two", 2, "succeeded"),
            ("three", 1, "succeeded"),
        ]
        self.assertEqual(stages, expected)
        self.assertEqual([g["code"] for g in self.run_half()["capture"]["gaps"]], ["unknown-exit"])

    def test_ends_a_stage_the_journal_does_not_know(self):
        self.own_workflow(("one", "test -e go"))
        self.assertEqual(self.run_own().code, 6)
        environment = {"TMPDIR": self.path("out", "tmp")}
        orphan = subprocess.Popen(["/bin/sleep", "60"], env=environment, start_new_session=True)
        self.addCleanup(orphan.wait)
        self.addCleanup(orphan.kill)
        self.write("out/work/go", "")
        self.assertEqual(self.call("run", "own", "--dir", "out", "--resume").code, 0)
        self.assertEqual(orphan.wait(), -signal.SIGTERM)

    def test_ends_its_stage_when_it_is_asked_to_stop(self):
        self.three_stages()
        child = self.start()
        self.wait_for("out/work/pid")
        stage = int(self.read("out", "work", "pid"))
        child.send_signal(signal.SIGTERM)
        child.wait()
        self.assertEqual(child.returncode, 128 + signal.SIGTERM)
        self.assertIsNone(identify(stage)["started"])
        self.assertFalse(os.path.exists("out/lock"))
        self.write("out/work/go", "")
        self.assertEqual(self.call("run", "own", "--dir", "out", "--resume").code, 0)
        self.assertNotIn("gaps", self.run_half()["capture"])

    def test_keeps_a_second_runner_out(self):
        self.three_stages()
        self.start()
        self.wait_for("out/work/pid")
        called = self.call("run", "own", "--dir", "out", "--resume")
        self.assertEqual(called.code, 12)
        os.killpg(int(self.read("out", "work", "pid")), signal.SIGKILL)

    def test_does_not_go_on_with_another_plan_or_other_values(self):
        self.own_workflow(("one", "exit 1"))
        self.assertEqual(self.run_own().code, 6)
        self.own_workflow(("one", "exit 0"))
        called = self.call("run", "own", "--dir", "out", "--resume")
        self.assertEqual(called.code, 2)
        self.assertIn("another plan", called.err)

    def test_tries_a_failed_stage_again(self):
        self.own_workflow(("one", "test -e go"))
        self.assertEqual(self.run_own().code, 6)
        self.write("out/work/go", "")
        self.assertEqual(self.call("run", "own", "--dir", "out", "--resume").code, 0)
        self.assertEqual([s["attempt"] for s in self.run_half()["stages"]], [1, 2])
