"""`studiod check`: is this machine fit to run unattended?  A line each: ok, warn or fail, and what to do."""

import json
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path

from studiod import check_load, check_machine, check_studio
from studiod.check_studio import Studio
from studiod.settings import Settings
from studiod.settings_files import left_out, load
from studiod.verdict import Verdict, fail, ok, warn

ROOT = Path("/")


def settings(studio: Studio) -> Verdict:
    """They and the files that they name were read already, or the command ended with all their faults."""
    if lines := left_out(studio.settings):
        more = f", and {len(lines) - 1} more" if len(lines) > 1 else ""
        told = f"virtual.start_scene: left at rest: {lines[0]}{more}"
        return warn(told, "correct the scene; a start names them all")
    return ok(studio.settings.file or "rest values: no --config was given")


CHECKS: dict[str, Callable[[Studio], Verdict]] = {
    "settings": settings,
    "interface": check_studio.interface,
    "midi": check_studio.midi,
    "ports": check_studio.ports,
    "state": check_studio.state,
    "compiled": check_studio.compiled,
    "load": check_load.load,
    "priority": lambda _: check_machine.priority(),
    "locked memory": lambda studio: check_machine.locked_memory(check_load.rack_bytes(studio)),
    "memory": lambda _: check_machine.memory(ROOT),
    "governor": lambda _: check_machine.governor(ROOT),
    "usb power": lambda _: check_machine.usb_power(ROOT),
    "sound server": lambda _: check_machine.sound_server(ROOT),
    "clock": lambda _: check_machine.clock_sync(),
    "service": lambda _: check_machine.service(ROOT),
}


def run(wanted: Settings) -> Iterator[tuple[str, Verdict]]:
    """Every check, one after the other; one that breaks has failed."""
    studio = Studio(wanted)
    for name, job in CHECKS.items():
        try:
            yield name, job(studio)
        except Exception as fault:  # the other lines are wanted all the same
            yield name, fail(f"the check itself failed: {type(fault).__name__}: {fault}", "tell the authors of studiod")


def command(args: Namespace) -> int:
    """Print a line each as it is found; 0 when nothing fails, else 1.  Raises SettingsError."""
    found = []
    for name, verdict in run(load(args.config, whole=True)):
        found.append((name, verdict))
        if not args.json:
            remedy = f"; do: {verdict.remedy}" if verdict.remedy else ""
            print(f"{verdict.state:<4}  {name:<13}  {verdict.told}{remedy}", flush=True)
    failed = any(verdict.state == "fail" for _, verdict in found)
    if args.json:
        lines = [{"check": name, "state": v.state, "told": v.told, "remedy": v.remedy} for name, v in found]
        print(json.dumps({"fit": not failed, "checks": lines}))
    return int(failed)
