"""Reads the input deck: one name and its numbers a line, # starts a comment."""


def read_deck(path):
    values = {}
    with open(path) as deck:
        for line in deck:
            words = line.split("#")[0].split()
            if words:
                values[words[0]] = words[1:]
    return {
        "cells": int(values["cells"][0]),
        "steps": int(values["steps"][0]),
        "ratio": float(values["ratio"][0]),
        "every": int(values["every"][0]),
        "hot": float(values["hot"][0]),
        "rectangle": [int(cell) for cell in values["rectangle"]],
    }


def initial_field(deck):
    left, right, top, bottom = deck["rectangle"]
    side = range(deck["cells"])
    return [
        [deck["hot"] if left <= x < right and top <= y < bottom else 0.0 for x in side]
        for y in side
    ]
