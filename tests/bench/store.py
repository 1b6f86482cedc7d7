"""The store that is shot at: what each kind of damage, disk and kill costs, counted.

    sudo .venv/bin/python tests/bench/store.py [--flips 300] [--zeros 60] [--kills 200] [--seed 1] [--json FILE]

Each shot is one damaged place in a copy of a state of its own: a clean file, the same as a kill leaves it, its -wal;
with backups beside it and without.  Then a start from it, and one more.  Kills are those of a real daemon, with scenes,
holds, a pass of automation and takes under way.  Nothing is measured but what is missing and whether it was told.
"""

import argparse
import json
import logging
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import paths  # noqa: F401  (finds what is imported below)

import servers
import store_kills as kills
import store_shots as shots
from studiod.store.store import FILE

VALUE_S, PASS_S = 0.25, 1.0  # what a kill may cost


def shot(folder: Path, chance: random.Random, flips: int, zeros: int) -> dict[str, dict[str, int]]:
    """Per file, with and without backups: starts, those that failed, that told something, that lost something."""
    shots.built(folder)
    out: dict[str, dict[str, int]] = {}
    for kind, name in (("shut", FILE), ("live", FILE), ("live", shots.WAL)):
        want = shots.unhurt(folder / kind, folder / f"unhurt {kind} {name}")
        data = (folder / kind / name).read_bytes()
        for backups in (True, False):
            count: Counter[str] = Counter()
            for what, hurt in shots.damages(data, chance, flips, zeros, 1):
                row = what.split()[0]
                count[f"{row} shots"] += 1
                try:
                    found = shots.verdict(shots.shoot(folder / kind, folder / "shot", name, hurt, backups), want)
                except Exception as fault:
                    count[f"{row} no start"] += 1
                    print(f"{name}: {what}: {fault!r}", file=sys.stderr)
                    continue
                count[f"{row} told"] += bool(found.lines)
                count[f"{row} cost something"] += bool(found.lost)
                count[f"{row} cost a scene"] += any("'scene'" in one for one in found.lost)
                count[f"{row} silent"] += bool(found.silent)
                if found.silent:
                    print(f"{name}: {what}: {found.silent[:3]}; {found.lines}", file=sys.stderr)
            out[f"{name}, {'stopped' if kind == 'shut' else 'killed'}, {'with' if backups else 'no'} backups"] = count
    return out


def killed(folder: Path, chance: random.Random, times: int) -> dict[str, float]:
    """Kills, those after which something older than it may be was missing, and the worst of each kind in ms."""
    worst: dict[str, float] = {"value": 0.0, "scene": 0.0, "move": 0.0}
    over = takes = damaged = held = survived = 0
    with servers.Daemon(folder / "kills", kills.SETTINGS) as daemon:
        for number in range(times):
            kept = kills.played(daemon, chance, chance.uniform(0.1, 2.5), number)
            found = kills.missing(daemon, kept)
            late = {"value": found.value_s, "scene": found.scene_s, "move": found.move_s}
            worst = {name: max(s, late[name]) for name, s in worst.items()}
            late_one = found.value_s > VALUE_S or found.scene_s > VALUE_S or found.move_s > PASS_S
            over += late_one
            takes += bool(found.take)
            damaged += bool(found.lines)
            held += len(kept.held)
            survived += len(found.held)
            if late_one or found.take or found.lines or found.held:
                print(f"kill {number}: {found.worst()} {found.lines}", file=sys.stderr)
    return {"kills": times, "older is missing": over, "takes cut short": takes, "starts that told damage": damaged,
            "holds under way": held, "held values that survived": survived,
            **{f"worst {name} ms": round(1000 * s, 1) for name, s in worst.items()}}  # fmt: skip


def table(found: dict[str, dict[str, int]]) -> str:
    rows = [
        "| file | damage | shots | no start | told | cost something | cost a scene | silent |",
        "|---|" + "---|" * 7,
    ]
    for name, count in found.items():
        for kind in ("bit", "zeros", "cut"):
            cells = [count.get(f"{kind} {what}", 0) for what in
                     ("shots", "no start", "told", "cost something", "cost a scene", "silent")]  # fmt: skip
            rows.append(f"| {name} | {kind} | " + " | ".join(map(str, cells)) + " |")
    return "\n".join(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    for name, rest in (("flips", 300), ("zeros", 60), ("kills", 200), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=rest)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    logging.getLogger("studiod").setLevel(logging.CRITICAL)
    logging.getLogger("studiod.host.library").setLevel(logging.ERROR)  # the verdict hears it
    logging.getLogger("studiod.host.library").propagate = False
    out: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="studiod-store-") as folder:
        if given.flips or given.zeros:
            out["shots"] = shot(Path(folder) / "shots", random.Random(given.seed), given.flips, given.zeros)
            print(table(out["shots"]))
        if given.kills:
            out["kills"] = killed(Path(folder), random.Random(given.seed), given.kills)
            print(json.dumps(out["kills"]))
    if given.json:
        given.json.write_text(json.dumps(out, indent=1))
    bad = sum(count for found in out.get("shots", {}).values() for name, count in found.items()
              if name.endswith(("no start", "silent")))  # fmt: skip
    return (
        1
        if bad or any(out.get("kills", {}).get(name) for name in ("older is missing", "held values that survived"))
        else 0
    )


if __name__ == "__main__":
    sys.exit(main())
