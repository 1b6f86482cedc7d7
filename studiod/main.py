"""The command line: every command of `studiod` with its words, and what it prints when something is wrong."""

import argparse
import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from types import FrameType

from studiod import scene_words
from studiod.fault import Fault
from studiod.letters import spell


def _run(args: argparse.Namespace) -> int:
    from studiod.settings_files import load

    settings = load(args.config)
    if args.interface or args.state:
        interface = settings.interface.model_copy(update={"device": args.interface} if args.interface else {})
        state = settings.state.model_copy(update={"directory": args.state} if args.state else {})
        settings = settings.model_copy(update={"interface": interface, "state": state})
    from studiod.warm import ready

    ready()
    from studiod.daemon import run

    return run(settings)


def _render(args: argparse.Namespace) -> int:
    from studiod.warm import ready

    ready()
    from studiod.command_render import render

    return render(args)


def _measure(args: argparse.Namespace) -> int:
    from studiod.command_measure import command

    return command(args)


def _params(args: argparse.Namespace) -> int:
    from studiod.manual import as_json, as_text, chosen
    from studiod.params import Console, Registry
    from studiod.settings import Settings, load

    size = load(args.config).console if args.config else Settings().console
    registry = Registry(Console(**size.model_dump()))
    params = chosen(registry, args.pattern)
    print(as_json(params) if args.json else as_text(params))
    return 0


def _get(args: argparse.Namespace) -> int:
    from studiod.talk import ask

    value = ask(args.host, args.port, args.path)
    print(json.dumps({args.path: value}) if args.json else value)
    return 0


def _set(args: argparse.Namespace) -> int:
    from studiod.talk import ask

    value = ask(args.host, args.port, args.path, args.value)
    print(json.dumps({args.path: value}) if args.json else value)
    return 0


def _watch(args: argparse.Namespace) -> int:
    from studiod.talk import watch

    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts it with & has SIGINT ignored
    with contextlib.suppress(KeyboardInterrupt), contextlib.closing(watch(args.host, args.port, args.pattern)) as news:
        for path, value in news:
            print(json.dumps({path: value}) if args.json else f"{path} {value}", flush=True)
    return 0


def _meters(args: argparse.Namespace) -> int:
    from studiod.command_meters import command

    return command(args)


def _scene(args: argparse.Namespace) -> int:
    from studiod.command_scene import command

    return command(args)


def _devices(args: argparse.Namespace) -> int:
    from studiod.devices import command

    return command(args)


def _check(args: argparse.Namespace) -> int:
    from studiod.check import command

    return command(args)


def _bench(args: argparse.Namespace) -> int:
    from studiod.bench import bench

    return bench(args.json)


def _warm(args: argparse.Namespace) -> int:
    from studiod.warm import warm

    print(f"ready in {warm():.1f} s")
    return 0


def parser() -> argparse.ArgumentParser:
    """Every command with its words."""
    top = argparse.ArgumentParser(prog="studiod", description="A mix desk without a head, played over OSC and MIDI.")
    top.add_argument("--version", action="version", version=f"studiod {version('studiod')}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, about: str, job, **more) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".", **more)
        made.set_defaults(job=job)
        return made

    run = command("run", "run the daemon in the foreground; logs go to stderr", _run)
    run.add_argument("--config", type=Path, metavar="F", help="settings, TOML (without it: rest values)")
    run.add_argument("--interface", metavar="NAME", help='an audio interface by name, "default" or "virtual"')
    run.add_argument("--state", metavar="DIR", help="where values, scenes and presets are kept")
    render = command(
        "render",
        "the same desk from file to file, faster than real time",
        _render,
        epilog="example: studiod render --input kick.wav snare.wav --scene mix.toml --output main=mix.wav bus/1=fx.wav",
    )
    render.add_argument("--input", nargs="+", required=True, type=Path, metavar="A.wav", help="channel k is input/k")
    render.add_argument(
        "--output", nargs="+", required=True, metavar="POINT=FILE", help="main=mix.wav (stereo), bus/1=aux.wav …"
    )
    render.add_argument(
        "--scene", type=Path, metavar="S.toml", help="values to start from (without it: every fader down)"
    )
    render.add_argument("--moves", type=Path, metavar="M.jsonl", help="values in time, as JSON lines")
    render.add_argument("--tail", type=float, default=0.0, metavar="S", help="seconds to go on after the input ends")
    render.add_argument(
        "--rate", type=int, metavar="HZ", help="the rate the inputs must have (rest: that of the first)"
    )
    render.add_argument("--subtype", default="", help="FLOAT, PCM_24, PCM_16 … (rest: FLOAT in a WAV)")
    render.add_argument("--config", type=Path, metavar="F", help="settings, for the size of the console")
    render.add_argument("--json", action="store_true", help="print what was written as JSON")
    measure = command("measure", "loudness, peaks, offset and correlation of sound files", _measure)
    measure.add_argument("file", nargs="+", type=Path, metavar="FILE", help="WAV, FLAC, AIFF or OGG, at any rate")
    measure.add_argument("--json", action="store_true", help="one object a file; null where there is no figure")
    devices = command("devices", "audio interfaces and MIDI ports, with the names for the settings", _devices)
    devices.add_argument("--json", action="store_true", help="one object: audio, midi, and what is missing")
    check = command("check", "is this machine fit to run unattended: ok, warn or fail, and what to do", _check)
    check.add_argument("--config", type=Path, metavar="F", help="the settings that it is to run with")
    check.add_argument("--json", action="store_true", help="one object: fit, and every check")
    params = command("params", "the manual: every path, unit, range, rest value and NRPN number", _params)
    params.add_argument(
        "pattern", metavar="PATTERN", nargs="?", help="'ch/1/eq/*': these, and what is below (rest: all)"
    )
    params.add_argument("--json", action="store_true", help="one object a path")
    params.add_argument("--config", type=Path, metavar="F", help="settings, for the size of the console")
    for name, about, job in (
        ("get", "ask a running daemon for a value", _get),
        ("set", "set a value of a running daemon", _set),
        ("watch", "print values of a running daemon, and every change, until Ctrl-C", _watch),
    ):
        talk = command(name, about, job)
        if name == "watch":
            talk.add_argument("pattern", metavar="PATTERN", nargs="?", default="/**", help="'ch/*/fader' (rest: all)")
        else:
            talk.add_argument("path", metavar="PATH", help="ch/1/fader")
        if name == "set":
            talk.add_argument("value", metavar="VALUE", help="-6; 1 or 0 for a switch; post_fader …")
        _place(talk, "print {path: value}")
    meters = command("meters", "show the meters of a running daemon, until Ctrl-C", _meters)
    banks = "input, ch, return, gate, comp, bus, output, main or rta (rest: main)"
    meters.add_argument("bank", metavar="BANK", nargs="?", default="main", help=banks)
    meters.add_argument("--hz", type=float, default=10.0, help="frames a second, 1 to 50 (rest: 10)")
    meters.add_argument("--once", action="store_true", help="one frame, then end")
    _place(meters, "print each frame as {bank: {name: value}}")
    scene = command("scene", "store, recall and compare the scenes of a running daemon", _scene)
    scene_words.add(scene, lambda one: _place(one, "print it as JSON"))
    bench = command("bench", "time the desk on this machine, for about half a minute", _bench)
    bench.add_argument("--json", action="store_true", help="print the figures as JSON")
    command("warm", "compile the audio path now, so that the next start is quick", _warm)
    return top


def _place(talk: argparse.ArgumentParser, json_help: str) -> None:
    """The words of every command that talks to a daemon."""
    talk.add_argument("--host", default="127.0.0.1", help="where the daemon runs (rest: 127.0.0.1)")
    talk.add_argument("--port", type=int, default=9000, help="its OSC port (rest: 9000)")
    talk.add_argument("--json", action="store_true", help=json_help)


_pressed: list[int] = []  # Ctrl-C, also where a library turned the interruption into an error of its own


def _press(number: int, frame: FrameType | None) -> None:
    _pressed.append(number)
    sys.unraisablehook = lambda _: None  # what a compiler's objects say when they are torn down
    signal.default_int_handler(number, frame)


def _interrupted() -> int:
    print("interrupted", file=sys.stderr)
    return 130  # as a shell counts it


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 on success, 1 on failure, 2 on bad usage or settings."""
    spell()
    args = parser().parse_args(_negative(list(sys.argv[1:] if argv is None else argv)))
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, _press)
    try:
        code = int(args.job(args))
        sys.stdout.flush()
        return code
    except Fault as fault:
        print(fault, file=sys.stderr)
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


def _negative(words: list[str]) -> list[str]:
    """Let `studiod set ch/1/fader -6` mean the number: a value may look like an option."""
    if words[:1] != ["set"] or "--" in words:
        return words
    values = (k for k, word in enumerate(words) if k > 1 and word[:1] == "-" and word[1:2] in set("0123456789.i"))
    k = next(values, 0)
    return [*words[: k - 1], *words[k + 1 :], "--", words[k - 1], words[k]] if k else words


if __name__ == "__main__":
    sys.exit(main())
