import hashlib
import os
import shutil
import subprocess
import sys
import zipfile

from tests.workspace import Workspace

RUNNER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Build(Workspace):
    def setUp(self):
        super(Build, self).setUp()
        shutil.copy(os.path.join(RUNNER, "build.py"), "build.py")
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(os.path.join(RUNNER, "stele"), "stele", ignore=ignored)
        self.build()

    def build(self):
        subprocess.check_call([sys.executable, "-B", "build.py"])

    def test_makes_one_executable_file_and_its_checksum(self):
        data = self.read("dist", "stele.pyz")
        line = "%s  stele.pyz\n" % hashlib.sha256(data).hexdigest()
        self.assertEqual(self.read("dist", "stele.pyz.sha256").decode("ascii"), line)
        self.assertTrue(data.startswith(b"#!/usr/bin/env python3\n"))
        command = [sys.executable, "dist/stele.pyz", "--version"]
        self.assertEqual(subprocess.check_output(command), b"stele.pyz 0.1.0\n")
        self.assertTrue(os.access("dist/stele.pyz", os.X_OK))

    def test_gives_the_same_bytes_whatever_the_times_and_left_overs(self):
        before = self.read("dist", "stele.pyz")
        shutil.rmtree("dist")
        self.write("stele/record/__pycache__/x.pyc", b"x")
        for folder, _, names in os.walk("stele"):
            for name in names:
                os.utime(os.path.join(folder, name), (1, 1))
        self.build()
        self.assertEqual(self.read("dist", "stele.pyz"), before)

    def test_stores_sorted_names_without_compression(self):
        with zipfile.ZipFile("dist/stele.pyz") as archive:
            entries = archive.infolist()
        names = [entry.filename for entry in entries]
        self.assertEqual(names, sorted(names))
        self.assertEqual({entry.compress_type for entry in entries}, {zipfile.ZIP_STORED})
        self.assertEqual({entry.date_time for entry in entries}, {(1980, 1, 1, 0, 0, 0)})

    def test_leaves_an_up_to_date_file_alone(self):
        os.utime("dist/stele.pyz", (1, 1))
        self.build()
        self.assertEqual(os.path.getmtime("dist/stele.pyz"), 1)
        self.write("stele/new.py", b"")
        self.build()
        self.assertNotEqual(os.path.getmtime("dist/stele.pyz"), 1)

    def test_understands_names_that_are_not_ascii_under_lang_c(self):
        environment = {"LC_ALL": "C", "PATH": os.environ["PATH"]}
        command = [sys.executable, "dist/stele.pyz", "inspect", "\u00c5sa"]
        ended = subprocess.Popen(
            [os.fsencode(word) for word in command], env=environment, stderr=subprocess.PIPE
        )
        _, told = ended.communicate()
        self.assertEqual(ended.returncode, 2)
        self.assertEqual(told.decode("utf-8"), "stele.pyz: there is no \u00c5sa\n")
