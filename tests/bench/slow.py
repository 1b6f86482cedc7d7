#!/usr/bin/env python3
"""Writes tests/slow.txt, which `make quick` leaves out, from the reports of `pytest --junitxml=FILE`.

python tests/bench/slow.py whole.xml alone.xml
"""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path

MOST_S = 0.12
TESTS = Path(__file__).resolve().parents[1]


def slow(report: Path) -> set[str]:
    """The functions of which one case took longer."""
    found = set()
    for case in ET.parse(report).iter("testcase"):
        if float(case.get("time", "0")) > MOST_S:
            parts = str(case.get("classname")).split(".")
            found.add(f"{'/'.join(parts)}.py::{str(case.get('name')).partition('[')[0]}")
    return found


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(
            "slow.py: no report; the list is written anew, so give all of a whole run: slow.py whole.xml alone.xml"
        )
    names = sorted(set().union(*(slow(Path(file)) for file in sys.argv[1:])))
    (TESTS / "slow.txt").write_text("\n".join(names) + "\n", "utf-8")
    print(f"{len(names)} test functions take longer than {MOST_S} s")
