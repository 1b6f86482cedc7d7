"""The sound of the units measured from outside, beside others: `python tests/bench/sound.py [PART ...]`.

Parts: compressors, equalisers, reverbs, ceilings; all of them when none is named.  The instruments know nothing of the
units (tests/rigs/*_instruments.py); studiod's units and the plugins of others are boxes that take and give sound.  What
is not installed is named with the reason.
"""

import sys

import paths  # noqa: F401  (finds what is imported below)
import sound_ceilings
import sound_compressors
import sound_equalisers
import sound_reverbs

PARTS = {
    "compressors": sound_compressors.tell,
    "equalisers": sound_equalisers.tell,
    "reverbs": sound_reverbs.tell,
    "ceilings": sound_ceilings.tell,
}


def main() -> None:
    wanted = sys.argv[1:] or list(PARTS)
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        sys.exit(f"no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    for name in wanted:
        PARTS[name]()


if __name__ == "__main__":
    main()
