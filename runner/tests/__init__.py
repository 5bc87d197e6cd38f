"""Unit tests of the runner: `python3 -m unittest discover -s runner/tests -t runner`."""
