"""`studiod devices`: audio interfaces and MIDI ports as this machine sees them, with the names for the settings.

Both are asked in children, since drivers hang.
"""

import json
import re
import subprocess
import sys
from argparse import Namespace
from ctypes.util import find_library
from pathlib import Path
from typing import Any

from studiod.encoding import say
from studiod.host.device_ask import probe, unanswered
from studiod.realtime.interface import called, playable

LIMIT_S = 10.0
SYSTEMS = {"alsa": "the ALSA sequencer", "jack": "the JACK server", "coremidi": "CoreMIDI"}
NUMBERS = re.compile(r" \d+:\d+$")  # ALSA's client and port, dealt anew at each plugging in
SPECIAL = re.compile(r"([.^$*+?{}\[\]\\|()])")


def audio() -> list[dict[str, Any]]:
    """Every interface that can play, by the name to put into the settings."""
    found = probe()
    keys = ("api", "inputs", "outputs", "rate_hz", "default")
    return [{"name": called(found, d), **{key: d[key] for key in keys}} for d in playable(found)]


def pattern(name: str) -> str:
    """A port's name as the regular expression that finds it again after it was renumbered."""
    return SPECIAL.sub(r"\\\1", NUMBERS.sub("", name))


def quoted(text: str) -> str:
    """A text as the settings take it: between single quotes, which leave its backslashes alone, if it has none."""
    return f"'{text}'" if "'" not in text else doubly(text)


def doubly(text: str) -> str:
    """The same between double quotes."""
    return json.dumps(text, ensure_ascii=False)


def midi(limit_s: float = LIMIT_S) -> dict[str, Any]:
    """What studiod.midi_ports.list says, each port with its pattern for the settings."""
    command = [sys.executable, "-m", "studiod.midi_ports.list"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=limit_s, check=True)
        told = json.loads(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as fault:
        return {"apis": [], "ports": [], "missing": [f"the ports could not be listed ({unanswered(fault)})"]}
    return {**told, "ports": [{"port": pattern(port["name"]), **port} for port in told["ports"]]}


def missing_audio(jack: bool = False) -> str:
    """Why there is no interface, and what to do.  jack: a JACK server runs."""
    if sys.platform == "linux" and find_library("portaudio") is None:
        return "no audio interface: PortAudio is not installed; as root: apt-get install libportaudio2"
    cards = Path("/proc/asound/cards")
    known = cards.exists() and "no soundcards" not in cards.read_text(errors="replace")
    if known:
        return (
            "no audio interface: the kernel has sound cards that PortAudio may not open; put this user into the group "
            "audio, and end what holds them"
        )
    if jack:
        return "no audio interface: the JACK server that runs has no audio ports; start it on a sound card"
    return 'no audio interface: no sound card and no JACK server here; connect one, or use device = "virtual"'


def missing_midi(apis: list[str], missing: list[str]) -> str:
    """Why there is no MIDI port, and what to do.  apis, missing: what can be reached, and why the others cannot."""
    reached = " and ".join(SYSTEMS.get(api, api) for api in apis)
    told = "; ".join([f"no device is connected to {reached}"] * bool(apis) + missing)
    remedies = ["plug one in"] if apis else []
    if sys.platform == "linux":
        remedies += [] if "alsa" in apis else ["load snd-seq (modprobe snd-seq)"]
        remedies += [] if apis else ["start a JACK server"]
    return f"no MIDI port: {told}; {', or '.join(remedies) or 'see `studiod check`'}"


def command(args: Namespace) -> int:
    """Print all of it; 0."""
    interfaces, told = audio(), midi()
    ports = told["ports"]
    missing = [] if interfaces else [missing_audio("jack" in told["apis"])]
    missing += [] if ports else [missing_midi(told["apis"], told["missing"])]
    if args.json:
        say(json.dumps({"audio": interfaces, "midi": ports, "missing": missing}))
        return 0
    if interfaces:
        say("audio interfaces, for [interface] device =")
        rows = [
            [doubly(d["name"]), d["api"], f"{d['inputs']} in", f"{d['outputs']} out", f"{d['rate_hz']:.0f} Hz"]
            + ["default"] * d["default"]
            for d in interfaces
        ]
        say(columns(rows))
    if ports:
        say("MIDI ports, for [midi] surfaces = [{ name = …, port = … }]")
        say(columns([[quoted(port["port"]), port["way"], port["api"]] for port in ports]))
    for line in missing:
        say(line)
    return 0


def columns(rows: list[list[str]]) -> str:
    """Rows below one another."""
    widths = [max(len(row[k]) for row in rows if k < len(row)) for k in range(max(map(len, rows)))]
    return "\n".join("  " + "  ".join(f"{cell:<{widths[k]}}" for k, cell in enumerate(row)).rstrip() for row in rows)
