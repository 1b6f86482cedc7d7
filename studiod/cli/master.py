"""`studiod master`: from finished mixes to a release."""

import argparse
import contextlib
import hashlib
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from studiod.cli.alone import short
from studiod.encoding import heard, name_of, say
from studiod.errors import Fault, FileFault
from studiod.user_folders import CACHE, compiles, own

if TYPE_CHECKING:
    from studiod.mastering.release.checks import Checked
    from studiod.mastering.release.exchange import Place


def add(command: Callable[..., argparse.ArgumentParser]) -> None:
    """The command; command makes one."""
    master = command("master", "from finished mixes to a release", _master, "master evermore.toml -o Evermore")
    master.add_argument("album", type=Path, metavar="ALBUM.toml", help="the album file (docs/mastering.md)")
    master.add_argument("-o", "--output", type=Path, metavar="DIR", help="the release (default: the album file's name)")
    looks = master.add_mutually_exclusive_group()
    looks.add_argument("--check", action="store_true", help="find every fault of it, and make nothing")
    looks.add_argument("--plan", action="store_true", help="print the timeline, and make nothing")
    master.add_argument("--json", action="store_true", help="print what was found or made as JSON")
    master.add_argument(
        "--work", type=Path, metavar="DIR", help="what the next run may use again (default: in the user's cache)"
    )
    master.add_argument("--workers", type=int, metavar="N", help="songs at once (default: one a core)")


@short
@compiles
def _master(args: argparse.Namespace) -> int:
    if find_spec("mutagen") is None:
        raise Fault(
            "studiod master: expected the package mutagen; it is not there: pip install 'studiod[master]', or make"
            " setup"
        )
    from studiod.mastering.apart import apart_s
    from studiod.mastering.kept import taken
    from studiod.mastering.release import checks
    from studiod.mastering.release.album_file import read
    from studiod.mastering.release.exchange import Place
    from studiod.mastering.release.ledger import give_out
    from studiod.mastering.release.mixes import Looks

    place = Place(args.output or Path(args.album.stem))
    found = read(args.album)
    try:
        with taken(_work(args) / "mixes", wait=True):
            looks = Looks(_work(args) / "mixes")
            checked = checks.checked(found, apart_s, looks)
            looks.end()
    except OSError as fault:
        raise FileFault(
            f"{name_of(_work(args))}: nothing can be kept there: {fault.strerror}; make room or give rights there, or"
            " name another folder with --work"
        ) from None
    file = name_of(args.album)
    for line in checked.notes:
        say(f"{file}: {line}", sys.stderr)
    faults = [f"{file}: {line}" for line in checked.faults]
    faults += [] if args.plan else place.faults()
    if args.workers is not None and args.workers < 1:
        faults.append(f"--workers: expected at least 1; got {args.workers}")
    if faults:
        raise FileFault("\n".join(faults))
    if args.check:
        told = {"file": str(args.album), "faults": [], "notes": checked.notes}
        say(json.dumps(told) if args.json else f"{file}: nothing is wrong")
    elif args.plan:
        _plan(checked, args.json)
    else:
        with taken(_work(args)):
            _make(args, place, replace(checked, album=give_out(found)))
    return 0


def _make(args: argparse.Namespace, place: "Place", checked: "Checked") -> None:
    from studiod.host.warm import ready
    from studiod.mastering.release.make import Release, lossy_peaks

    release = Release(checked, place, _work(args), args.workers or os.cpu_count() or 1)
    report = release.unchanged()
    again = report is not None
    if report is None:
        ready()
        with bars() as release.tell:
            report = release.make()
    if args.json:
        say(json.dumps(report, ensure_ascii=False))
        return
    for line in report["notes"][len(checked.notes) :]:
        say(line, sys.stderr)
    for name, peak in lossy_peaks(report).items():
        say(f"{name}: {peak:+.2f} dBTP, decoded")
    say(f"{name_of(place.target)}: {len(report['files'])} files" + (", as they were" if again else ""))


def _work(args: argparse.Namespace) -> Path:
    """Where what the next run may use again is kept, for one album file."""
    if args.work is not None:
        return Path(args.work).absolute()
    base = os.environ.get(CACHE) or own("cache")
    assert base is not None  # `compiles` has seen to it
    name = hashlib.sha256(os.fsencode(args.album.absolute())).hexdigest()[:16]
    return Path(base).absolute() / "mastering" / name


@contextlib.contextmanager
def bars() -> Iterator[Callable[[str, float], None]]:
    """A progress bar for each step on a terminal, those that are done gone; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield lambda _, __: None
        return
    from rich.console import Console as Terminal
    from rich.markup import escape
    from rich.progress import Progress, TaskID

    tasks: dict[str, TaskID] = {}
    lock = threading.Lock()
    with Progress(console=Terminal(file=sys.stderr), transient=True) as progress:

        def tell(name: str, part: float) -> None:
            with lock:
                if name not in tasks:
                    tasks[name] = progress.add_task(escape(name_of(name)), total=1.0)
                progress.update(tasks[name], completed=part, visible=part < 1.0)

        yield tell


def _plan(checked: "Checked", as_json: bool) -> None:
    from studiod.mastering.release import plan

    assert checked.timeline is not None
    found = plan.rows(checked.album, checked.timeline)
    if as_json:
        say(json.dumps(found))
        return
    from rich.console import Console as Terminal
    from rich.markup import escape
    from rich.table import Table

    shown = Table(title=escape(checked.album.title))
    for name in plan.COLUMNS:
        shown.add_column(name, no_wrap=name != "title")
    for row in plan.table(checked.album, checked.timeline):
        shown.add_row(*map(escape, row))
    with heard():
        Terminal(width=None if sys.stdout.isatty() else 160).print(shown)
    say(f"total {found['total']} ({found['total_s']:.2f} s)")
