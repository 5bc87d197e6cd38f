import unittest

from stele.record.canonical_json import canonical_bytes
from stele.record.strict_json import InvalidJson, parse_strict_json


class CanonicalJson(unittest.TestCase):
    def test_sorts_names_by_utf_16_code_units(self):
        # RFC 8785, section 3.2.3
        names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
        text = canonical_bytes({name: 1 for name in names}).decode("utf-8")
        wanted = ["\\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
        self.assertEqual(text, "{%s}" % ",".join('"%s":1' % name for name in wanted))

    def test_escapes_as_rfc_8785_does(self):
        text = '\x08\t\n\x0c\r"\\/\x00\x1f\x7f\u2028\u20ac'
        expected = '{"a":"\\b\\t\\n\\f\\r\\"\\\\/\\u0000\\u001f\x7f\u2028\u20ac"}'
        self.assertEqual(canonical_bytes({"a": text}), expected.encode("utf-8"))

    def test_writes_no_white_space(self):
        value = {"b": [1, True, None, {"d": -5, "c": False}], "a": ""}
        expected = b'{"a":"","b":[1,true,null,{"c":false,"d":-5}]}'
        self.assertEqual(canonical_bytes(value), expected)

    def test_refuses_floats(self):
        with self.assertRaises(TypeError):
            canonical_bytes({"a": 0.5})


class StrictJson(unittest.TestCase):
    def assert_refused(self, rule, data):
        with self.assertRaises(InvalidJson) as caught:
            parse_strict_json(data)
        self.assertEqual(caught.exception.rule, rule, caught.exception.message)

    def test_reads_what_the_profile_allows(self):
        data = (
            b' {"a": [1, -2, true, null, "\\ud83d\\ude00\\u00e4"], "b": {"c": 9007199254740991}} \n'
        )
        expected = {"a": [1, -2, True, None, "\U0001f600\u00e4"], "b": {"c": 2**53 - 1}}
        self.assertEqual(parse_strict_json(data), expected)

    def test_refuses_equal_names_also_when_one_is_escaped(self):
        self.assert_refused("duplicate-name", b'{"a":1,"a":1}')
        self.assert_refused("duplicate-name", b'{"x":{"a":1,"\\u0061":2}}')

    def test_refuses_numbers_that_are_not_plain_integers(self):
        for number in (b"1.0", b"1e2", b"0.001", b"-0", b"-0.0", b"1E400"):
            self.assert_refused("not-an-integer", b'{"a":%s}' % number)

    def test_refuses_integers_that_other_programs_would_round(self):
        for number in (b"9007199254740992", b"-9007199254740992", b"1" * 5000):
            self.assert_refused("integer-range", b'{"a":%s}' % number)

    def test_refuses_bytes_that_are_not_plain_utf_8(self):
        self.assert_refused("byte-order-mark", b'\xef\xbb\xbf{"a":1}')
        self.assert_refused("invalid-utf8", b'{"a":"\xff"}')
        self.assert_refused("invalid-utf8", b'{"a":"\xed\xa0\x80"}')

    def test_refuses_half_characters_in_names_and_values(self):
        self.assert_refused("lone-surrogate", b'{"a":"\\ud800"}')
        self.assert_refused("lone-surrogate", b'{"\\udc00":1}')

    def test_refuses_the_name_proto(self):
        self.assert_refused("reserved-name", b'{"a":{"__proto__":1}}')

    def test_allows_64_levels_and_no_more(self):
        parse_strict_json(b'{"a":' * 64 + b"1" + b"}" * 64)
        self.assert_refused("too-deep", b'{"a":' * 65 + b"1" + b"}" * 65)
        self.assert_refused("too-deep", b"[" * 200000)

    def test_does_not_count_brackets_inside_strings(self):
        parse_strict_json(b'{"a":"%s\\""}' % (b"[" * 100))

    def test_refuses_what_is_no_object_or_no_json(self):
        self.assert_refused("not-an-object", b"[1]")
        self.assert_refused("not-an-object", b'"text"')
        for data in (b"", b"{", b'{"a":1}x', b'{"a":NaN}', b"{'a':1}", b'{"a":01}', b'{"a":"\t"}'):
            self.assert_refused("syntax", data)
