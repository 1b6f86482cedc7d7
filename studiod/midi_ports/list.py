"""Prints the MIDI ports of this machine as JSON: `python -m studiod.midi_ports.list`, a child, since drivers hang.

{"apis": [name], "ports": [{"api": "alsa|jack|coremidi", "way": "in|out", "name": text}], "missing": [text]}: the MIDI
systems that can be reached, their ports ("in" is towards the desk), and why the others cannot.
"""

import json
import os
from typing import Any

OWN = "studiod"  # our own client's ports are no devices
MISSING = {"alsa": "no ALSA sequencer (/dev/snd/seq)", "jack": "no JACK server"}


def listed() -> dict[str, Any]:
    """Every port of every MIDI system that can be reached, and those that cannot."""
    try:
        import rtmidi
    except ImportError as fault:
        return {"apis": [], "ports": [], "missing": [f"python-rtmidi cannot be loaded ({fault})"]}
    known = {"alsa": rtmidi.API_LINUX_ALSA, "jack": rtmidi.API_UNIX_JACK, "coremidi": rtmidi.API_MACOSX_CORE}
    apis, ports, missing = [], [], []
    for api, number in known.items():
        if number not in rtmidi.get_compiled_api():
            continue
        try:
            ends = {"in": rtmidi.MidiIn(number, f"{OWN}-list"), "out": rtmidi.MidiOut(number, f"{OWN}-list")}
        except (rtmidi.SystemError, RuntimeError) as fault:
            missing.append(MISSING.get(api, f"{api}: {fault}"))
            continue
        apis.append(api)
        for way, end in ends.items():
            names = (name for name in end.get_ports() if not name.startswith(OWN))
            ports += [{"api": api, "way": way, "name": name} for name in names]
    return {"apis": apis, "ports": ports, "missing": missing}


def main() -> None:
    """Print, and never wait for a driver at the end."""
    told = os.dup(1)
    for chatty in (1, 2):  # drivers chatter at each try
        os.dup2(os.open(os.devnull, os.O_WRONLY), chatty)
    os.write(told, json.dumps(listed()).encode() + b"\n")
    os._exit(0)


if __name__ == "__main__":
    main()
