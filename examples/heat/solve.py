"""Stage run: the heat equation on an insulated square, explicit in time.

Each number is made of + - * / on doubles in a fixed order, so every machine with
IEEE 754 arithmetic writes the same bytes. That is why the built-in sum() is not
used here: since Python 3.12 it adds floats in another way than before.
"""
import os
import sys
import time

from deck import initial_field, read_deck


def step(field, ratio):
    """One time step; a cell at the edge has itself as neighbour, so no heat gets out."""
    last = len(field) - 1
    new = []
    for y, row in enumerate(field):
        above = field[y - 1] if y > 0 else row
        below = field[y + 1] if y < last else row
        new_row = []
        for x, here in enumerate(row):
            left = row[x - 1] if x > 0 else here
            right = row[x + 1] if x < last else here
            flow = (left - here) + (right - here) + (above[x] - here) + (below[x] - here)
            new_row.append(here + ratio * flow)
        new.append(new_row)
    return new


def mean(field):
    total = 0.0
    for row in field:
        for value in row:
            total += value
    return total / (len(field) * len(field))


def sample(field, number, deck):
    """One row of heat.csv; times are in units of side squared over diffusivity."""
    cells = deck["cells"]
    time_passed = number * deck["ratio"] / (cells * cells)
    values = [
        time_passed,
        mean(field),
        min(min(row) for row in field),
        max(max(row) for row in field),
        field[cells // 2][cells // 2],
    ]
    return ",".join([str(number)] + [repr(value) for value in values])


def main(deck_path):
    deck = read_deck(deck_path)
    started = time.time()
    field = initial_field(deck)
    rows = [sample(field, 0, deck)]
    for number in range(1, deck["steps"] + 1):
        field = step(field, deck["ratio"])
        if number % deck["every"] == 0:
            rows.append(sample(field, number, deck))

    os.makedirs("results", exist_ok=True)
    with open("results/heat.csv", "w") as table:
        table.write("step,time,mean,minimum,maximum,centre\n" + "\n".join(rows) + "\n")
    with open("results/temperature.csv", "w") as table:
        table.write(",".join("x%d" % x for x in range(deck["cells"])) + "\n")
        for row in field:
            table.write(",".join(repr(value) for value in row) + "\n")
    with open("results/solve.log", "w") as log:
        log.write("%d steps in %.2f s\n" % (deck["steps"], time.time() - started))
    print("%d steps on %d x %d cells" % (deck["steps"], deck["cells"], deck["cells"]))


main(sys.argv[1])
