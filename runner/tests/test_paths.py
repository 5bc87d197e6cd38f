import unittest

from stele.record.path_pattern import pattern_matches
from stele.record.path_rules import colliding_paths, path_fault


class PathRules(unittest.TestCase):
    def test_allows_ordinary_paths(self):
        for path in ("a", "a/b.txt", "\u00e4/\u00df", ".hidden", "a..b", "x" * 255, "a b"):
            self.assertIsNone(path_fault(path), path)

    def test_refuses_paths_that_lead_out_or_read_differently_elsewhere(self):
        for path in (
            "", "/etc/passwd", "../a", "a/../b", "a/./b", "a//b", "a/", "-rf", "a/~b", "a\\b",
            "a%0ab", "a\nb", "a\0b", "\x7f", "a.", "a /b", "a\u0308", "x" * 256, "ab/" * 400 + "a",
        ):  # fmt: skip
            self.assertIsNotNone(path_fault(path), repr(path))

    def test_finds_paths_that_collide_where_case_does_not_count(self):
        self.assertEqual(colliding_paths(["a/B", "a/b", "c"]), ["a/b"])
        self.assertEqual(colliding_paths(["a", "A/b"]), ["A/b"])
        self.assertEqual(colliding_paths(["a/b/c", "a/b"]), ["a/b"])
        self.assertEqual(colliding_paths(["a/b", "a/c", "ab"]), [])


class PathPatterns(unittest.TestCase):
    def test_matches_stars_within_one_component(self):
        self.assertTrue(pattern_matches("out/*.csv", "out/a.csv"))
        self.assertFalse(pattern_matches("out/*.csv", "out/deep/a.csv"))
        self.assertTrue(pattern_matches("a?c", "abc"))
        self.assertFalse(pattern_matches("a?c", "a/c"))
        self.assertTrue(pattern_matches("a*", "a"))
        self.assertFalse(pattern_matches("[ab]", "a"))

    def test_matches_two_stars_over_any_number_of_components(self):
        for path in ("a/z", "a/b/z", "a/b/c/z"):
            self.assertTrue(pattern_matches("a/**/z", path))
        self.assertFalse(pattern_matches("a/**/z", "b/z"))
        self.assertTrue(pattern_matches("**", "a/b"))

    def test_is_quick_for_patterns_made_to_be_slow(self):
        self.assertFalse(pattern_matches("*a" * 60 + "b", "a" * 250))
        self.assertFalse(pattern_matches("/".join(["**", "a"] * 60) + "/b", "/".join("a" * 400)))
