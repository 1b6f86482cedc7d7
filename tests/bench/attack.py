"""The desk attacked from hosts with the roles none, view, bus:1 and mix: what others pay for it, as a table.

    sudo .venv/bin/python tests/bench/attack.py --json after.json [--before before.json] [--tree CHECKOUT]

All hosts are network namespaces made here (attack_hosts.py); nothing leaves them.  Each attack finds a desk that has
just started, and lasts a few seconds; meanwhile a peer of the role mix asks for a pong every 20 ms and moves a fader.
Then SIGTERM, while the attack goes on, and after a new start the fader has to stand where it was put last.
"""

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import paths  # noqa: F401  (finds what is imported below)

import servers
from bench import attack_desks as two
from bench.attack_hosts import network, unfit
from bench.attack_inputs import ATTACKS, Hosts
from bench.attack_parts import NAMES, VICTIMS, Cost, Desk, ask, cost, takes

Row = tuple[int, str, str, Cost]  # kind, what was sent, by whom, what it cost
HEADS = (
    ("| kind | attack | by | others' ping before | after | further cost before | after |", True),
    ("| kind | attack | by | what came of it before | after |", False),
)


def floods(hosts: Hosts, folder: Path, tree: Path, only: str) -> Iterator[Row]:
    """Kinds 0 to 3 and the first of 5, on one desk that is started anew after each; its scene is the whole console."""
    chosen = [attack for attack in ATTACKS if only in f"{attack.kind} {attack.name}"]
    if not chosen:
        return
    takes(folder / "floods" / "state" / "recordings")
    with closing(Desk(hosts["desk"], folder / "floods", tree)) as desk:
        ask(desk.host.udp("127.0.0.1"), "/scene/store", "all")
        for attack in chosen:
            yield attack.kind, attack.name, attack.by, cost(attack, desk, hosts)


def effects(hosts: Hosts, folder: Path, tree: Path, only: str) -> Iterator[Row]:
    """Kinds 4, 5 and 8."""
    if only in "4 reflection":
        with closing(Desk(hosts["desk"], folder / "reflection", tree)):
            for (name, by), paid in zip(two.REFLECTED, two.reflection(hosts), strict=True):
                yield 4, name, by, paid
    if only in "5 desks":
        for each_other, rows in (
            (False, two.CROSSED),
            (True, ((two.MIRRORED[0], "settings"), (two.MIRRORED[1], "both"))),
        ):
            pair = two.desks(hosts, folder / f"pair{each_other:d}", tree, each_other)
            with closing(pair[0]), closing(pair[1]):
                paid_by = two.mirrored(hosts, *pair) if each_other else two.crossed(hosts, *pair)
            for (name, by), paid in zip(rows, paid_by, strict=True):
                yield 5, name, by, paid
    if only in "8 roles":
        with closing(Desk(hosts["desk"], folder / "roles", tree)):
            ask(hosts["desk"].udp("127.0.0.1"), "/scene/store", "all")
            yield 8, two.OVERSTEPPED, "view, bus:1, mix", two.overstepped(hosts)


def lines(rows: list[Row], before: dict[str, dict[str, str]]) -> Iterator[str]:
    """Two tables, as Markdown: what others pay, and what the desk is made to do."""
    for head, pinged in HEADS:
        if not any(bool(paid.ping) is pinged for *_, paid in rows):
            continue
        yield head
        yield "|" + "---|" * (head.count("|") - 1)
        for kind, name, by, paid in rows:
            if bool(paid.ping) is pinged:
                was = before.get(name, {})
                pings = (was.get("ping", ""), paid.ping) if pinged else ()
                yield f"| {' | '.join((str(kind or ''), name, by, *pings, was.get('further', ''), paid.further))} |"
        yield ""


def main() -> int:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--tree", type=Path, default=servers.ROOT, help="the checkout to attack (default: this one)")
    made.add_argument("--json", type=Path, help="keep the figures here, beside those of other rows")
    made.add_argument("--before", type=Path, help="figures of an older checkout, as --json kept them")
    made.add_argument("--only", default="", help="a part of an attack's kind and name, such as '2 60'")
    args = made.parse_args()
    if why := unfit():
        print(f"attack: skipped: {why}", file=sys.stderr)
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that all that was made here ends
    before = json.loads(args.before.read_text("utf-8")) if args.before else {}
    rows: list[Row] = []
    began_s = time.monotonic()
    with network((*NAMES, *VICTIMS), ("desk", "desk2")) as hosts, tempfile.TemporaryDirectory() as folder:
        for part in (floods, effects):
            for row in part(hosts, Path(folder), args.tree.resolve(), args.only):
                rows.append(row)
                print(f"{row[0]} {row[1]} | {row[3].ping} | {row[3].further}", file=sys.stderr, flush=True)
    if args.json:
        kept = json.loads(args.json.read_text("utf-8")) if args.json.exists() else {}
        kept |= {row[1]: row[3].both() for row in rows}
        args.json.write_text(json.dumps(kept, indent=1, ensure_ascii=False), "utf-8")
    print("\n".join(lines(sorted(rows, key=lambda row: row[0]), before)))
    print(f"{len(rows)} rows in {time.monotonic() - began_s:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
