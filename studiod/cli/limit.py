"""`studiod limit`: one sound below a ceiling, by the meter that is named; as many passes as that takes."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from studiod.encoding import name_of, say
from studiod.errors import FileFault
from studiod.mastering.album import METERS
from studiod.user_folders import compiles

SETTINGS = {  # option, and of main/limiter what its range is
    "gain": "dB into the limiter", "ceiling": "dBTP that no true peak is above", "release": "ms", "lookahead": "ms",
}  # fmt: skip


def add(command: Callable[..., argparse.ArgumentParser]) -> None:
    """The command; command makes one."""
    example = "limit mix.wav -o loud.wav --gain 6 --meter libebur128"
    limit = command("limit", "one sound below a true-peak ceiling, by a named meter", _limit, example)
    limit.add_argument("file", type=Path, metavar="FILE", help="the sound, of any rate; all its channels turn together")
    limit.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="a .wav is written as float")
    for name, what in SETTINGS.items():
        limit.add_argument(f"--{name}", metavar="X", help=f"{what} (default and range: those of main/limiter/{name})")
    limit.add_argument("--meter", choices=METERS, default="studiod", help="whose true peaks are held: docs/limiter.md")
    limit.add_argument("--json", action="store_true", help="print what was reached as JSON")


@compiles
def _limit(args: argparse.Namespace) -> int:
    from studiod.cli.render_writing import Outputs
    from studiod.files.sound_files import SoundFile
    from studiod.mastering.limit import limit
    from studiod.mastering.peak_meters import true_peak_db

    settings = _settings(args)
    with SoundFile(args.file) as file:
        sound, rate_hz = file.whole(), file.rate_hz
    if args.output.exists() and args.output.samefile(args.file):
        raise FileFault(f"{name_of(args.output)}: expected another file than what is read; name one with -o")
    try:
        gain, ceiling, release, lookahead = settings.values()
        done = limit(sound, rate_hz, gain, ceiling, release, lookahead, args.meter).astype("float32")
    except ValueError as fault:
        raise FileFault(f"{name_of(args.file)}: {fault}") from None
    with Outputs([([str(n) for n in range(sound.shape[1])], args.output)], [0], rate_hz, "") as out:
        out.write(done)
        out.finish()
    peaks = {meter: round(true_peak_db(done, rate_hz, meter), 2) for meter in METERS}
    told = ", ".join(f"{db:.2f} dBTP by {meter}" for meter, db in peaks.items())
    say(json.dumps({"file": str(args.output), **settings, "meter": args.meter, "dbtp": peaks}) if args.json
        else f"{name_of(args.output)}: {told}")  # fmt: skip
    return 0


def _settings(args: argparse.Namespace) -> dict[str, float]:
    """In the order in which `limit` takes them.  Raises FileFault, with all that is wrong."""
    from studiod.registry.param import Refusal
    from studiod.registry.registry import Console, Registry

    params, faults, found = Registry(Console()).params, [], {}
    for name in SETTINGS:
        param, given = params[f"main/limiter/{name}"], getattr(args, name)
        try:
            found[name] = float(param.accept(param.rest if given is None else given))
        except Refusal as fault:
            faults.append(f"--{name}: {fault}")
    if faults:
        raise FileFault("\n".join(faults))
    return found
