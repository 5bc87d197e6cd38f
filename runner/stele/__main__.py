"""Entry point of `python3 -m stele`; the zip file has one of its own that does the same."""

import sys

from stele.command_line import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
