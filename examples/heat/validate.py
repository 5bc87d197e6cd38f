"""Stage validate: holds the result against what is known without computing it.

- No heat gets in or out: the mean never changes.
- Heat flows from warm to cold: the coldest never gets colder, the warmest never warmer.
- The slowest wave across the plate, cos(pi x), shrinks by a known factor in each step
  of the scheme, and by exp(-pi^2 t) in nature.
"""
import math
import sys

from deck import initial_field, read_deck


def wave(field):
    """How much of cos(pi x) is in the field."""
    cells = len(field)
    return math.fsum(
        value * math.cos(math.pi * (x + 0.5) / cells) for row in field for x, value in enumerate(row)
    )


def read_table(path):
    with open(path) as table:
        next(table)
        return [[float(cell) for cell in line.split(",")] for line in table]


def checks(deck, samples, field):
    means = [row[2] for row in samples]
    minima = [row[3] for row in samples]
    maxima = [row[4] for row in samples]
    drift = max(abs(value - means[0]) for value in means) / means[0]
    yield "the mean stays within 1e-12 of itself", drift < 1e-12
    yield "the coldest cell never gets colder", minima == sorted(minima)
    yield "the warmest cell never gets warmer", maxima == sorted(maxima, reverse=True)

    shrunk = wave(field) / wave(initial_field(deck))
    per_step = 1 - 2 * deck["ratio"] * (1 - math.cos(math.pi / deck["cells"]))
    by_the_scheme = per_step ** deck["steps"]
    by_nature = math.exp(-math.pi ** 2 * samples[-1][1])
    yield "the slowest wave shrinks as the scheme says, within 1e-9", (
        abs(shrunk / by_the_scheme - 1) < 1e-9
    )
    yield "the slowest wave shrinks as nature does, within 0.1 percent", (
        abs(shrunk / by_nature - 1) < 1e-3
    )


def main(deck_path):
    deck = read_deck(deck_path)
    outcomes = list(
        checks(deck, read_table("results/heat.csv"), read_table("results/temperature.csv"))
    )
    lines = ["%s: %s" % ("holds" if held else "FAILS", what) for what, held in outcomes]
    with open("results/validation.txt", "w") as report:
        report.write("\n".join(lines) + "\n")
    print("\n".join(lines))
    if not all(held for _, held in outcomes):
        sys.exit(1)


main(sys.argv[1])
