import io
import os
import tarfile

from stele.bundle.bag import TarBag, open_bag
from stele.bundle.tar_index import BadTar, index_of
from tests.bundle_maker import BundleMaker
from tests.workspace import Workspace


def entry(name, kind=tarfile.REGTYPE, size=0, mode=0o644, link=""):
    made = tarfile.TarInfo(name)
    made.type, made.size, made.mode, made.linkname = kind, size, mode, link
    return made


class HostileTars(Workspace):
    def assert_refused(self, *entries):
        """In a bundle that is good but for these entries: not verified, and nothing unpacked."""
        maker = BundleMaker()
        extra = [(e, b"x" * e.size) for e in entries]
        for made, _ in extra:
            made.name = made.name.replace("TOP", maker.top)
        location = maker.write("hostile.tar", extra=extra)
        self.assertTrue(TarBag(location).faults, entries)
        before = sorted(os.listdir(self.root))
        for verb in (["verify"], ["run", "--confirm", maker.digest]):
            called = self.call(*(verb + [location]))
            self.assertEqual(called.code, 3, called.err)
        self.assertEqual(sorted(os.listdir(self.root)), before)

    def test_refuses_names_that_lead_out(self):
        self.assert_refused(entry("/etc/cron.d/x"))
        self.assert_refused(entry("TOP/../../x"))
        self.assert_refused(entry("TOP/data/../../x"))
        self.assert_refused(entry("elsewhere/x"))

    def test_refuses_links_devices_and_pipes(self):
        self.assert_refused(entry("TOP/data/x", tarfile.SYMTYPE, link="/etc/passwd"))
        self.assert_refused(entry("TOP/data/x", tarfile.LNKTYPE, link="TOP/data/record.json"))
        self.assert_refused(entry("TOP/data/x", tarfile.CHRTYPE))
        self.assert_refused(entry("TOP/data/x", tarfile.BLKTYPE))
        self.assert_refused(entry("TOP/data/x", tarfile.FIFOTYPE))

    def test_refuses_names_that_occur_twice_or_collide(self):
        self.assert_refused(entry("TOP/data/record.json"))
        self.assert_refused(entry("TOP/data/RECORD.json"))
        self.assert_refused(entry("TOP/data/record.json/x"))

    def test_refuses_set_user_id(self):
        self.assert_refused(entry("TOP/data/x", mode=0o4755))

    def test_refuses_extensions_that_rename_members(self):
        self.assert_refused(entry("TOP/data/x", tarfile.XHDTYPE, size=20))
        self.assert_refused(entry("TOP/data/x", b"g", size=20))

    def test_refuses_more_files_or_bytes_than_the_manifest_lists(self):
        maker = BundleMaker()
        location = maker.write(
            "more.tar", extra=[(entry(maker.top + "/data/more", size=9), b"9" * 9)]
        )
        called = self.call("verify", location)
        self.assertEqual(called.code, 3)
        self.assertIn("not in the manifest: data/more", called.out)

    def test_refuses_what_is_hidden_behind_the_end(self):
        location = BundleMaker().write("good.tar")
        with open(location, "ab") as stream:
            stream.write(b"hidden".ljust(512, b"\0"))
        self.assertEqual(self.call("verify", location).code, 3)


class TarIndex(Workspace):
    def index_of(self, data):
        return index_of(io.BytesIO(data), len(data))

    def archive(self, name, size, form):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
            archive.addfile(entry(name, size=size), io.BytesIO(b"x" * size))
        return buffer.getvalue()

    def test_reads_long_names_as_gnu_tar_and_ustar_write_them(self):
        name = "d" * 90 + "/" + "f" * 90
        longer = "/".join(["e" * 100] * 4)
        for path, form in (
            (name, tarfile.USTAR_FORMAT),
            (name, tarfile.GNU_FORMAT),
            (longer, tarfile.GNU_FORMAT),
        ):
            members = self.index_of(self.archive(path, 600, form)).members
            self.assertEqual([(m.name, m.size) for m in members], [(path, 600)])

    def test_reads_sizes_of_8_gib_and_more(self):
        size = 9 * 1024**3
        header = entry("top/big", size=size).tobuf(format=tarfile.GNU_FORMAT)
        with open(self.path("big.tar"), "wb") as stream:
            stream.write(header)
            stream.truncate(512 + size + 1024)
        self.assertEqual(TarBag("big.tar").size_of("big"), size)

    def test_refuses_damaged_headers_and_missing_ends(self):
        good = self.archive("top/a", 600, tarfile.USTAR_FORMAT)
        flipped = bytes([good[0] ^ 1]) + good[1:]
        for data in (b"", good[:512], good[:1200], good[: 512 * 3], flipped, b"\1" * 2048):
            with self.assertRaises(BadTar):
                self.index_of(data)

    def test_never_stops_with_another_error_on_damaged_archives(self):
        good = self.archive("top/a", 600, tarfile.USTAR_FORMAT)
        for position in range(0, 512, 3):
            damaged = good[:position] + b"\xff" + good[position + 1 :]
            with self.assertRaises(BadTar):
                self.index_of(damaged)

    def test_reads_members_side_by_side(self):
        bag = open_bag(BundleMaker().write("good.tar"))
        with bag.open("bagit.txt") as left, bag.open("data/inputs/run.sh") as right:
            self.assertEqual(left.read(5), b"BagIt")
            self.assertEqual(right.read(4), b"echo")
            self.assertEqual(left.read(3), b"-Ve")
