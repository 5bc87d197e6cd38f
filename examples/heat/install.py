"""Stage install: nothing is installed; it makes sure that this Python can do the rest."""
import json
import os
import platform
import sys

if sys.version_info < (3, 6):
    sys.exit("needs Python 3.6 or newer")

facts = {
    "implementation": platform.python_implementation(),
    "version": platform.python_version(),
    "double": {"mantissa_digits": sys.float_info.mant_dig, "max_exponent": sys.float_info.max_exp},
}
os.makedirs("results", exist_ok=True)
with open("results/python.json", "w") as record:
    json.dump(facts, record, indent=2, sort_keys=True)
    record.write("\n")
print("{implementation} {version}".format(**facts))

if facts["double"] != {"mantissa_digits": 53, "max_exponent": 1024}:
    sys.exit("needs floats that are IEEE 754 doubles")
