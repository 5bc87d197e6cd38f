"""The machine this runs on: what matters for the result, nothing that names it."""
