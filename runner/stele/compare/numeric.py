"""Rule `numeric`: every number of a table or a JSON document against its tolerance."""

import csv
import itertools
import json

from stele.compare.decimals import number_of
from stele.compare.judgement import CannotCompare
from stele.compare.tolerance import Tally, Tolerances

LONGEST_CELL = 1024 * 1024
LARGEST_JSON = 256 * 1024 * 1024


def compare_numeric(found_path, expected_path, rule):
    tolerances = Tolerances(rule)
    tally = Tally(tolerances)
    form = rule.get("format")
    more_rows_allowed = rule.get("rows") == "prefix"
    if form in ("csv", "columns"):
        with _opened(found_path) as found, _opened(expected_path) as expected:
            read = _csv_rows if form == "csv" else _column_rows
            _compare_rows(read(found), read(expected), tally, tolerances, more_rows_allowed)
    elif form == "json":
        found, expected = _json_of(found_path), _json_of(expected_path)
        _compare_json(found, expected, "", "", tally, tolerances, more_rows_allowed)
    else:
        raise CannotCompare("the format %r is not known" % form)
    return tally.judgement()


def _opened(path):
    return open(path, "r", encoding="utf-8", newline="")


def _csv_rows(stream):
    csv.field_size_limit(LONGEST_CELL)
    try:
        for row in csv.reader(stream):
            if row:
                yield [cell.strip() for cell in row]
    except csv.Error as error:
        raise CannotCompare("not CSV: %s" % error)


def _column_rows(stream):
    for line in stream:
        cells = line.split()
        if cells:
            yield cells


def _compare_rows(found_rows, expected_rows, tally, tolerances, more_rows_allowed):
    """Row by row, so that a table may be larger than the memory."""
    header = None
    pairs = itertools.zip_longest(found_rows, expected_rows)
    for number, (found, expected) in enumerate(pairs, 1):
        if expected is None and more_rows_allowed:
            return
        if found is None or expected is None:
            tally.structure("the number of rows differs from row %d on" % number)
            return
        if number == 1 and not any(number_of(cell) is not None for cell in expected):
            # A first row without numbers names the columns; "# t x" names t and x.
            header = expected[1:] if expected[0] == "#" else expected
            header = [name.lstrip("#").strip() for name in header]
        if len(found) != len(expected):
            tally.structure(
                "row %d: found %d cells, expected %d" % (number, len(found), len(expected))
            )
            continue
        _compare_cells(found, expected, number, header, tally, tolerances)


def _compare_cells(found, expected, number, header, tally, tolerances):
    for index, (cell, reference) in enumerate(zip(found, expected)):
        position = str(index + 1)
        name = header[index] if header and index < len(header) else position
        place = "row %d, column %s" % (number, name)
        found_number, expected_number = number_of(cell), number_of(reference)
        if found_number is None or expected_number is None:
            tally.text(cell, reference, place)
        else:
            limits = tolerances.of_column(name, position)
            tally.number(found_number, expected_number, place, limits)


def _json_of(path):
    with open(path, "rb") as stream:
        data = stream.read(LARGEST_JSON + 1)
    if len(data) > LARGEST_JSON:
        raise CannotCompare("a JSON document of more than 256 MiB")
    try:
        # Numbers stay texts until they are compared: that is what makes them exact.
        return json.loads(
            data.decode("utf-8"), parse_float=_Number, parse_int=_Number, parse_constant=_Number
        )
    except (ValueError, RecursionError) as error:
        raise CannotCompare("not JSON: %s" % error)


class _Number(object):
    def __init__(self, text):
        self.value = number_of(text)
        if self.value is None:
            raise ValueError("the number %s" % text[:40])


def _compare_json(found, expected, place, name, tally, tolerances, more_rows_allowed):
    """`name` is the nearest member name: it is what a rule can give tolerances to."""
    if isinstance(found, _Number) and isinstance(expected, _Number):
        limits = tolerances.of_column(place, name)
        return tally.number(found.value, expected.value, place or "/", limits)
    if type(found) is not type(expected):
        return tally.structure("%s: found another kind of value" % (place or "/"))
    if isinstance(expected, dict):
        for key in sorted(set(found) | set(expected)):
            inner = "%s/%s" % (place, key)
            if key not in found or key not in expected:
                what = "missing" if key in expected else "not expected"
                tally.structure("%s: %s" % (inner, what))
                continue
            _compare_json(
                found[key], expected[key], inner, key, tally, tolerances, more_rows_allowed
            )
        return None
    if isinstance(expected, list):
        if len(found) < len(expected) or (len(found) > len(expected) and not more_rows_allowed):
            tally.structure(
                "%s: found %d elements, expected %d" % (place or "/", len(found), len(expected))
            )
        for index, (left, right) in enumerate(zip(found, expected)):
            inner = "%s/%d" % (place, index)
            _compare_json(left, right, inner, name, tally, tolerances, more_rows_allowed)
        return None
    return tally.text(str(found), str(expected), place or "/")
