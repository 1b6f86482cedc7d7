"""What `studiod check` looks at in the machine: its limits, its clock, its power saving, who holds the card.

A check that reads the kernel's files reads them below root, so that a folder can stand in for a machine.
"""

import ctypes
import mmap
import os
import shutil
import subprocess
from pathlib import Path

from studiod.diagnostics.check_result import Verdict, fail, ok, warn
from studiod.diagnostics.check_service import Service, installed

PRIORITY = 50  # what the clock asks for; PortAudio and JACK ask for about as much
LOW_MB, LEAST_MB = 1024, 256
BURST_BYTES = 1 << 22  # of a socket's buffer, that the ports of OSC and of the X32 ask for
SERVICE = "the service config/systemd/studiod.service"
LIMITS = "a file in /etc/security/limits.d with `@audio - rtprio 95` and `@audio - memlock unlimited`, and log in anew"


def _read(file: Path) -> str:
    """The first line of a file of the kernel; "" when there is none."""
    try:
        return file.read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def priority(service: Service | None = None) -> Verdict:
    """Whether this user may run in real time: tried, for a moment; or whether the service may, by its unit."""
    if service is not None:
        if service.limit("LimitRTPRIO") >= PRIORITY:
            return ok(f"the service is allowed real-time priority {PRIORITY}")
        told = f"{service.file} does not allow real-time priority {PRIORITY}: sound breaks off under load"
        return fail(told, f"LimitRTPRIO=95 in its [Service], as {SERVICE} has it")
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except PermissionError:
        return fail(
            "this user may not run in real time: sound breaks off under load",
            f"run it as {SERVICE}, or put this user into the group audio, with {LIMITS}",
        )
    os.sched_setscheduler(0, *before)
    return ok(f"real-time priority {PRIORITY} is allowed")


def locked_memory(wanted_bytes: int, service: Service | None = None) -> Verdict:
    """Whether the rack can be kept in memory: tried, with as much; or whether the service may, by its unit."""
    size = f"{wanted_bytes / 1e6:.0f} MB"
    if service is not None:
        if service.limit("LimitMEMLOCK") >= wanted_bytes:
            return ok(f"the service may lock the rack's {size}")
        told = f"{service.file} does not let the rack's {size} be locked: when memory is short, sound breaks off"
        return warn(told, f"LimitMEMLOCK=infinity in its [Service], as {SERVICE} has it")
    libc = ctypes.CDLL(None, use_errno=True)
    with mmap.mmap(-1, wanted_bytes) as block:
        there = (ctypes.c_char * wanted_bytes).from_buffer(block)
        refused = libc.mlock(there, ctypes.c_size_t(wanted_bytes))
        del there  # the map cannot be closed under it; that also unlocks it
    if refused:
        return warn(
            f"the rack's {size} may not be locked in memory: when it is short, sound breaks off",
            f"run it as {SERVICE}, or {LIMITS}",
        )
    return ok(f"the rack's {size} can be locked")


def bursts(root: Path, wanted: bool) -> Verdict:
    """Whether a socket may hold what an app for the X32 sends at once.  wanted: whether one may come."""
    told = _read(root / "proc/sys/net/core/rmem_max")
    allowed = int(told) if told.isdecimal() else 0
    if not wanted or not told:
        return ok("nobody sends thousands of lines at once: no [x32]" if not wanted else "the system does not say")
    if allowed < BURST_BYTES and os.geteuid() != 0:
        told = f"net.core.rmem_max is {allowed}: of thousands of lines that an X32 app sends at once, some are lost"
        return warn(told, f"sudo sysctl net.core.rmem_max={BURST_BYTES}, and the same in a file of /etc/sysctl.d")
    return ok("a socket may hold thousands of lines that come at once")


def governor(root: Path) -> Verdict:
    """Whether the processor's clock stays up."""
    files = sorted(root.glob("sys/devices/system/cpu/cpu*/cpufreq/scaling_governor"))
    slow = {_read(file) for file in files} - {"performance", ""}
    if slow:
        return warn(
            f"the processor slows down when it idles (governor {', '.join(sorted(slow))}): busy blocks start late",
            "as root, at each start: cpupower frequency-set -g performance",
        )
    return ok("the processor's clock stays up" if files else "no frequency scaling here")


def memory(root: Path) -> Verdict:
    """Whether there is memory left, and none of it swapped out."""
    lines = (line.split(":") for line in _read(root / "proc/meminfo").splitlines() if ":" in line)
    kb = {name: int(value.split()[0]) for name, value in lines}
    if "MemAvailable" not in kb:
        return ok("cannot be read here")
    free_mb, swapped_mb = kb["MemAvailable"] // 1024, (kb.get("SwapTotal", 0) - kb.get("SwapFree", 0)) // 1024
    told = f"{free_mb} MB available, {swapped_mb} MB swapped out"
    if free_mb < LEAST_MB:
        return fail(f"{told}; the daemon needs {LEAST_MB}", "end other programs, or add memory")
    if free_mb < LOW_MB or swapped_mb > free_mb:
        return warn(told, "end other programs, or add memory: a machine that swaps is late")
    return ok(told)


def usb_power(root: Path) -> Verdict:
    """Whether an audio interface on USB may be put to sleep."""
    asleep = []
    for kind in sorted(root.glob("sys/bus/usb/devices/*/bInterfaceClass")):
        device = kind.parent.parent / kind.parent.name.split(":")[0]
        if _read(kind) == "01" and _read(device / "power/control") == "auto":
            name = _read(device / "product") or device.name
            asleep += [] if name in asleep else [name]
    if asleep:
        return warn(
            f"USB puts {', '.join(asleep)} to sleep when idle",
            "a file in /etc/udev/rules.d with: "
            'ACTION=="add", SUBSYSTEM=="usb", ATTR{product}=="…", ATTR{power/control}="on"',
        )
    return ok("no audio interface on USB is put to sleep")


def sound_server(root: Path) -> Verdict:
    """Whether another program holds a card that studiod may want."""
    holders = []
    for status in sorted(root.glob("proc/asound/card*/pcm*/sub*/status")):
        words = [line.split(":")[1].strip() for line in _read(status).splitlines() if line.startswith("owner_pid")]
        if words and "studiod" not in _read(root / "proc" / words[0] / "cmdline"):
            name = _read(root / "proc" / words[0] / "comm") or f"process {words[0]}"
            holders += [] if name in holders else [name]
    if holders:
        return warn(
            f"a sound card is held by {', '.join(holders)}",
            "if it is the desk's: systemctl --user mask --now pipewire.socket pipewire pulseaudio.socket pulseaudio; "
            "or use their JACK interface",
        )
    return ok("no other program holds a sound card")


def clock_sync() -> Verdict:
    """Whether the wall clock is kept right: time tags of OSC and the dates of files come from it."""
    tool = shutil.which("timedatectl")
    if tool is None:
        return ok("no timedatectl here to ask")
    try:
        asked = [tool, "show", "--property=NTPSynchronized", "--value"]
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=5, check=True).stdout.strip()
    except (subprocess.SubprocessError, OSError):
        return ok("timedatectl does not answer here")
    if answer == "no":
        return warn(
            "no time server keeps the clock: OSC time tags of other machines are off", "timedatectl set-ntp true"
        )
    return ok("a time server keeps the clock")


def service(root: Path) -> Verdict:
    """Whether something starts the daemon at boot, and again when it fails."""
    if not (root / "run/systemd/system").is_dir():
        return warn("systemd does not run this machine", "have something start studiod at boot, and again if it ends")
    unit = installed(root)
    if unit is None:
        return warn(
            "no service: nothing starts studiod at boot",
            "cp config/systemd/studiod.service /etc/systemd/system/ && systemctl enable --now studiod",
        )
    if unit.last("Restart") in ("", "no"):
        return warn(f"/{unit.file.relative_to(root)} has no Restart=: a failure is final", f"take {SERVICE}")
    if not list((root / "etc/systemd/system").glob("*.wants/studiod.service")):
        return warn("the service is installed and not enabled", "systemctl enable --now studiod")
    return ok("the service is enabled, and restarts the daemon")
