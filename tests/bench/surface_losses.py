"""The MIDI server is killed and started again under load, with three motor units on it: a line for each time.

python tests/bench/surface_losses.py [--rounds 20]
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import paths  # noqa: F401  (finds what is imported below)

from mackie_lost import losses


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--rounds", type=int, default=20)
    with tempfile.TemporaryDirectory() as folder:
        for found in losses(Path(folder), words.parse_args().rounds):
            print(json.dumps(found), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
