"""Which MIDI system a machine has, and how its ports are made: ALSA, JACK or CoreMIDI through rtmidi."""

from dataclasses import dataclass
from typing import Any

from studiod.midi_ports.jack_list import WAY, JackList, NoServer

CLIENT = "studiod"
ABSENT = {"alsa": "no ALSA sequencer (/dev/snd/seq)", "jack": "no JACK server"}


@dataclass
class Reached:
    """api: rtmidi's number; make: what makes a way in and out; scanners: what lists the ports of each way.

    listing: what they are listed by, of JACK, where its library can be reached.
    """

    api: int
    jack: bool
    make: dict[str, Any]
    scanners: dict[str, Any]
    listing: JackList | None = None


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
            if name == "jack" and (listing := jack_list(rtmidi)) is not None:
                return Reached(known[name], True, make, {way: listing.way(way) for way in WAY}, listing)
            scanners = {way: kind(known[name], f"{CLIENT}-scan") for way, kind in make.items()}
        except (NoServer, rtmidi.SystemError, RuntimeError) as fault:
            reasons.append(ABSENT.get(name, f"{name}: {fault}"))
            continue
        return Reached(known[name], name == "jack", make, scanners)
    return f"MIDI: {', '.join(reasons)}; surfaces wait until there is one"


def jack_list(rtmidi: Any) -> JackList | None:
    """A client that only lists; None where rtmidi's own libjack cannot be reached: then its clients list.

    Raises NoServer.
    """
    try:
        return JackList(rtmidi._rtmidi.__file__, f"{CLIENT}-scan")
    except (OSError, AttributeError):
        return None
