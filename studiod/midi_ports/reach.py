"""Which MIDI system a machine has, and how its ports are made: ALSA, JACK or CoreMIDI through rtmidi."""

from dataclasses import dataclass
from typing import Any

CLIENT = "studiod"
ABSENT = {"alsa": "no ALSA sequencer (/dev/snd/seq)", "jack": "no JACK server"}


@dataclass
class Reached:
    """api: rtmidi's number; make: what makes a way in and out; scanners: an end for each way that lists its ports."""

    api: int
    jack: bool
    make: dict[str, Any]
    scanners: dict[str, Any]


def reach(wanted: str) -> Reached | str:
    """The first system that answers, "auto", or the one that is named; else what is missing, for people."""
    try:
        import rtmidi
    except ImportError as fault:
        return f"MIDI: python-rtmidi cannot be loaded ({fault}); install python-rtmidi"
    make = {"in": rtmidi.MidiIn, "out": rtmidi.MidiOut}
    known = {"alsa": rtmidi.API_LINUX_ALSA, "jack": rtmidi.API_UNIX_JACK, "coremidi": rtmidi.API_MACOSX_CORE}
    built = rtmidi.get_compiled_api()
    if wanted != "auto" and known.get(wanted) not in built:
        return f'MIDI: no api "{wanted}" here; expected auto, {", ".join(known)}'
    reasons = []
    for name in [n for n, a in known.items() if a in built and wanted in ("auto", n)]:
        try:
            scanners = {way: kind(known[name], f"{CLIENT}-scan") for way, kind in make.items()}
        except (rtmidi.SystemError, RuntimeError) as fault:
            reasons.append(ABSENT.get(name, f"{name}: {fault}"))
            continue
        return Reached(known[name], name == "jack", make, scanners)
    return f"MIDI: {', '.join(reasons)}; surfaces wait until there is one"
