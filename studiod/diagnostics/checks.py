"""`studiod check`: is this machine fit to run unattended?  A line each: ok, warn or fail, and what to do."""

import json
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path

from studiod.diagnostics import check_load, check_machine, check_settings
from studiod.diagnostics.check_result import Verdict, fail, ok, warn
from studiod.diagnostics.check_service import installed
from studiod.diagnostics.check_settings import Studio
from studiod.encoding import say
from studiod.host.preflight import left_out, load, overlaid

ROOT = Path("/")
INDENT = " " * 21  # of what a check says beyond its first line


def settings(studio: Studio) -> Verdict:
    """They and the files that they name were read already, or the command ended with all their faults."""
    if lines := left_out(studio.settings):
        more = f", and {len(lines) - 1} more" if len(lines) > 1 else ""
        told = f"virtual.start_scene: stays at its default: {lines[0]}{more}"
        return warn(told, "correct the scene; a start names them all")
    by = f", as the service {studio.service.file} starts it" if studio.service is not None else ""
    return ok((studio.settings.file or "the defaults: no --config was given") + by)


CHECKS: dict[str, Callable[[Studio], Verdict]] = {
    "settings": settings,
    "interface": check_settings.interface,
    "midi": check_settings.midi,
    "ports": check_settings.ports,
    "bursts": lambda studio: check_machine.bursts(ROOT, any(port.table == "x32" for port in studio.net)),
    "state": check_settings.state,
    "takes": check_settings.takes,
    "compiled": check_settings.compiled,
    "load": check_load.load,
    "priority": lambda studio: check_machine.priority(studio.service),
    "locked memory": check_load.locked,
    "memory": lambda _: check_machine.memory(ROOT),
    "governor": lambda _: check_machine.governor(ROOT),
    "usb power": lambda _: check_machine.usb_power(ROOT),
    "sound server": lambda _: check_machine.sound_server(ROOT),
    "clock": lambda _: check_machine.clock_sync(),
    "service": lambda _: check_machine.service(ROOT),
}


def run(studio: Studio) -> Iterator[tuple[str, Verdict]]:
    """Every check, one after the other; one that breaks has failed."""
    for name, job in CHECKS.items():
        try:
            yield name, job(studio)
        except Exception as fault:  # the other lines are wanted all the same
            yield name, fail(f"the check itself failed: {type(fault).__name__}: {fault}", "tell the authors of studiod")


def wanted(config: Path | None, state: Path | None, root: Path = ROOT) -> Studio:
    """What is looked at: settings and state directory as they are given, or as the installed service has them.

    Raises SettingsError.
    """
    service = None if config else installed(root)
    if service is None:
        return Studio(overlaid(load(config, whole=True), None, state))
    settings = load(service.word("--config") or None, whole=True)
    return Studio(overlaid(settings, service.word("--interface"), state or service.word("--state")), service)


def command(args: Namespace) -> int:
    """Print a line each as it is found; 0 when nothing fails, else 1.  Raises SettingsError."""
    found = []
    for name, verdict in run(wanted(args.config, args.state)):
        found.append((name, verdict))
        if not args.json:
            remedy = f"; do: {verdict.remedy}" if verdict.remedy else ""
            told = verdict.told.replace("\n", "\n" + INDENT)
            say(f"{verdict.state:<4}  {name:<13}  {told}{remedy}")
    failed = any(verdict.state == "fail" for _, verdict in found)
    if args.json:
        lines = [{"check": name, "state": v.state, "told": v.told, "remedy": v.remedy} for name, v in found]
        say(json.dumps({"fit": not failed, "checks": lines}))
    return int(failed)
