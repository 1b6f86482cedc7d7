"""Which MIDI system a machine has, and how its ports are made: ALSA and CoreMIDI by rtmidi, JACK by our own client."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from studiod.midi_ports.jack.client import Client

CLIENT = "studiod"
ABSENT = {"alsa": "no ALSA sequencer (/dev/snd/seq)", "jack": "no JACK server"}


@dataclass
class Reached:
    """make: what makes a way in and out, by a name; scanners: an end for each way that lists its ports.

    jack: our client, which says when there is something to hear or to list; others have to be asked.
    """

    make: dict[str, Any]
    scanners: dict[str, Any]
    jack: "Client | None" = None


def reach(wanted: str) -> Reached | str:
    """The first system that answers, "auto", or the one that is named; else what is missing, for people."""
    try:
        import rtmidi
    except ImportError as fault:
        return f"MIDI: python-rtmidi cannot be loaded ({fault}); install python-rtmidi"
    kinds = {"in": rtmidi.MidiIn, "out": rtmidi.MidiOut}
    known = {"alsa": rtmidi.API_LINUX_ALSA, "jack": rtmidi.API_UNIX_JACK, "coremidi": rtmidi.API_MACOSX_CORE}
    built = {*rtmidi.get_compiled_api(), rtmidi.API_UNIX_JACK}
    if wanted != "auto" and known.get(wanted) not in built:
        return f'MIDI: no api "{wanted}" here; expected auto, {", ".join(known)}'
    reasons = []
    for name in [n for n, a in known.items() if a in built and wanted in ("auto", n)]:
        try:
            if name == "jack":
                if not isinstance(found := jack(), str):
                    return found
                reasons.append(found)
                continue
            make = {way: partial(kind, known[name]) for way, kind in kinds.items()}
            return Reached(make, {way: kind(f"{CLIENT}-scan") for way, kind in make.items()})
        except (rtmidi.SystemError, RuntimeError) as fault:
            reasons.append(ABSENT.get(name, f"{name}: {fault}"))
    return f"MIDI: {', '.join(reasons)}; surfaces wait until there is one"


def jack() -> Reached | str:
    """Loaded where it is wanted: ALSA needs no machine code of ours."""
    from studiod.midi_ports.jack.client import Client, NoServer
    from studiod.midi_ports.jack.ends import End

    try:
        client = Client(CLIENT)
    except NoServer:
        return ABSENT["jack"]
    except (OSError, AttributeError) as fault:
        return f"no JACK library ({fault})"
    ends = {way: End(client, way) for way in ("in", "out")}

    def made(way: str, name: str, queue_size_limit: int = 0) -> End:
        return End(client, way, name)

    return Reached({way: partial(made, way) for way in ends}, {**ends}, client)
