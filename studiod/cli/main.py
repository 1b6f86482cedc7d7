"""The command line: every command of `studiod` with its words, and what it prints when something is wrong."""

import argparse
import gc
import os
import re
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

from studiod.cli import layout, limit, master, params, whereabouts
from studiod.cli.alone import leave, short
from studiod.cli.completion import complete
from studiod.encoding import KEPT, heard, say, spell, whole
from studiod.errors import Fault
from studiod.files.folders import READABLE
from studiod.texts import escaped, plain
from studiod.user_folders import compiles

if TYPE_CHECKING:
    from studiod.host.card_process import CardProcess
    from studiod.settings.schema import Settings

LINE_MAX = 2000  # characters of a line of a fault
OF_FILES = (
    "render",
    "measure",
    "master",
    "limit",
)  # commands that need no word of the others, for which the registry is read in


def _run(args: argparse.Namespace) -> int:
    from studiod import heap
    from studiod.host.card_process import begun

    heap.share()
    gc.disable()  # what a start makes stays; the daemon settles what is looked through
    try:
        with begun(args.interface, args.config) as card:
            return _start(args, card)
    finally:
        gc.enable()


def _start(args: argparse.Namespace, card: "CardProcess | None") -> int:
    from studiod.process.ending import Ending
    from studiod.user_folders import compiled

    def read() -> "Settings":
        from studiod.host.preflight import load, overlaid

        return overlaid(load(args.config), args.interface, args.state)

    with Ending(hard=args.alone) as ending:
        ending.listen(signal.SIGTERM, signal.SIGHUP)
        compiled()
        settings = read()
        from studiod.host.device_ask import Asking

        asking = Asking() if settings.interface.device != "virtual" else None
        from studiod.host.warm import ready

        if ready():
            asking = None  # what was there before a compile may be gone
        if card is not None:
            card.compiled()
        from studiod.host.daemon import run
        from studiod.host.no_blas import begin_without_blas

        begin_without_blas()

        ending.listen(signal.SIGINT)  # until now it ends as it does any other command
        code = run(settings, ending, read if args.config else None, asking, card)
        if args.alone:  # what still hangs, a thread or a library, is not waited for
            ending.leave(code)
        return code


@short
@compiles
def _render(args: argparse.Namespace) -> int:
    from studiod.cli.render_request import request
    from studiod.host.warm import ready

    asked = request(args)
    ready()
    from studiod.cli.render import render

    return render(args, asked)


@short
@compiles
def _measure(args: argparse.Namespace) -> int:
    from studiod.cli.measure import command

    return command(args)


def _devices(args: argparse.Namespace) -> int:
    from studiod.host.devices import command

    return command(args)


@compiles
def _check(args: argparse.Namespace) -> int:
    from studiod.diagnostics.checks import command

    return command(args)


@compiles
def _bench(args: argparse.Namespace) -> int:
    from studiod.diagnostics.bench import bench

    return bench(args.json)


@compiles
def _warm(args: argparse.Namespace) -> int:
    from studiod.host.warm import warm

    say(f"ready in {warm():.1f} s")
    return 0


def _guide(args: argparse.Namespace) -> int:
    """0: who says no command asks what there is, and is answered; nothing failed."""
    from studiod.cli.guide import GUIDE

    say(GUIDE)
    return 0


class Parser(argparse.ArgumentParser):
    """argparse repeats what it does not understand: as text.  A value may look like an option: -6, -oo, -3dB."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._negative_number_matcher = re.compile(r"-(\d|\.\d|inf|oo|∞)")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        with heard():  # the help is an answer too
            sys.stdout.flush()
        super().exit(status, escaped(whole(message), KEPT) if message else message)


class Version(argparse.Action):
    """Tells it, looked up when somebody asks."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        say(f"studiod {version('studiod')}")
        parser.exit()


def parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Every command with its words; those that talk to a daemon are left out where the first of words is of files."""
    top = Parser(prog="studiod", description="A headless mixer, played over OSC and MIDI.")
    top.add_argument("--version", action=Version, nargs=0, help="show the version and exit")
    whereabouts.add(top, top=True)
    top.set_defaults(job=_guide)
    commands = top.add_subparsers(dest="command", metavar="COMMAND")

    def command(name: str, about: str, job, example: str) -> argparse.ArgumentParser:
        told = f"example: studiod {example}"
        made = commands.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".", epilog=told)
        made.set_defaults(job=job)
        return made

    run = command("run", "run the daemon in the foreground; logs go to stderr", _run, "run --config mine.toml")
    run.add_argument("--config", type=Path, metavar="F", help="settings, TOML (without it: the defaults)")
    run.add_argument("--interface", metavar="NAME", help='an audio interface by name, "default" or "virtual"')
    run.add_argument("--state", metavar="DIR", help="where values, scenes and presets are kept")
    render = command(
        "render",
        "the same desk from file to file, faster than real time",
        _render,
        "render --input kick.wav snare.wav --scene mix.toml --output main=mix.wav bus/1=fx.wav",
    )
    render.add_argument(
        "--input",
        nargs="+",
        required=True,
        metavar="[N=]FILE",
        help="channel k of all files is input/k; 3=A.wav begins at input/3; a folder stands for its files",
    )
    render.add_argument(
        "--output", nargs="+", required=True, metavar="POINT=FILE", help="main=mix.wav (stereo), bus/1=aux.wav …"
    )
    render.add_argument(
        "--scene", type=Path, metavar="S.toml", help="values to start from (without it: every fader down)"
    )
    render.add_argument("--moves", type=Path, metavar="M.jsonl", help="values in time, as JSON lines")
    render.add_argument("--tail", type=float, default=0.0, metavar="S", help="seconds to go on after the input ends")
    render.add_argument(
        "--rate", type=int, metavar="HZ", help="the rate the inputs must have (default: that of the first)"
    )
    render.add_argument("--subtype", default="", help="FLOAT, PCM_24, PCM_16 … (default: FLOAT in a WAV)")
    render.add_argument("--config", type=Path, metavar="F", help="settings, for the size of the console")
    render.add_argument(
        "--details", action="store_true", help="name every value of the scene that stays at its default"
    )
    render.add_argument("--json", action="store_true", help="print what was written as JSON")
    measure = command("measure", "loudness, peaks, offset and correlation of sound files", _measure, "measure mix.wav")
    measure.add_argument("file", nargs="+", type=Path, metavar="FILE", help=f"{READABLE}; or a folder of these")
    measure.add_argument("--json", action="store_true", help="one object a file; null where there is no figure")
    devices = command(
        "devices", "audio interfaces and MIDI ports, with the names for the settings", _devices, "devices --json"
    )
    devices.add_argument("--json", action="store_true", help="one object: audio, midi, and what is missing")
    check = command(
        "check",
        "is this machine fit to run unattended: ok, warn or fail, and what to do",
        _check,
        "check --config mine.toml",
    )
    check.add_argument("--config", type=Path, metavar="F", help="settings to run with (default: those of the service)")
    check.add_argument("--state", type=Path, metavar="DIR", help="where it is to keep its values")
    check.add_argument("--json", action="store_true", help="one object: fit, and every check")
    params.add(command)
    layout.add(command)
    master.add(command)
    limit.add(command)
    if words[:1] not in [[one] for one in OF_FILES]:
        from studiod.cli import talk_words

        talk_words.add(command)
    bench = command("bench", "time the desk on this machine, for about half a minute", _bench, "bench --json")
    bench.add_argument("--json", action="store_true", help="print the figures as JSON")
    command("warm", "compile the audio path now, so that the next start is quick", _warm, "warm")
    return top


_pressed: list[int] = []  # Ctrl-C, also where a library turned the interruption into an error of its own


def _press(number: int, frame: FrameType | None) -> None:
    _pressed.append(number)
    sys.unraisablehook = lambda _: None  # what a compiler's objects say when they are torn down
    signal.default_int_handler(number, frame)


def _interrupted() -> int:
    say("interrupted", sys.stderr)
    return 130  # as a shell counts it


def _open_streams() -> None:
    """Of a process that was started without stdout or stderr: what is said there fails, or is lost, nothing else."""
    from studiod.process.standard_streams import filled

    filled()
    if sys.stdout is None:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 1)  # as a shell counts it, an answer that nobody gets is a failure
        sys.stdout = os.fdopen(1, "w", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", closefd=False)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 on success, 1 on failure, 2 on bad usage or settings."""
    _open_streams()
    spell()
    top = parser(list(sys.argv[1:] if argv is None else argv))
    complete(top)
    try:
        args = top.parse_args(argv)
        args.alone = argv is None  # whether the process is this command's own
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, _press)
        whereabouts.settle(args)
        code = int(args.job(args))
        with heard():
            sys.stdout.flush()
        leave(args, code)
        return code
    except Fault as fault:
        say("\n".join(plain(whole(line), LINE_MAX) for line in str(fault).split("\n")), sys.stderr)
        return fault.code
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:  # the reader has seen enough: `studiod params | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:
        if _pressed:
            return _interrupted()
        raise


if __name__ == "__main__":
    sys.exit(main())
