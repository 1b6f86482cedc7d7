"""The audio interfaces of this machine, and which of them a name of the settings means: one rule for desk and card.

`python -m studiod.realtime.interface` prints them as JSON; given a JSON object of device, rate_hz, inputs and outputs
(the console's), why that one would not open.  A child, since drivers hang; without the audio path, which a cold cache
would compile first.
"""

import ctypes
import json
import os
import re
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Found = Sequence[Mapping[str, Any]]
ABSENT = "no audio interface called"  # how the refusal of a name begins
JACK = "JACK Audio Connection Kit"  # as PortAudio calls it
# what PortAudio's clients, the running studiod's too, are called on a JACK server
OWN = re.compile(r"PortAudio(-\d+)?")
PLACE = re.compile(r" ?\(hw:\d+,\d+\)")  # where ALSA found a card: dealt anew at each plugging in
SPECIAL = re.compile(r"[.^$*+?{}\[\]\\|()]")  # what a regular expression does not take as it stands
AUDIO_PORT, TO_US, FROM_US, NO_START = b"32 bit float mono audio", 2, 1, 1  # libjack's
PERIOD = 63  # the word of the rack's head in which the card tells how many frames the device takes in one go
_mended: dict[int, str] = {}  # true names, by PortAudio's number


def interfaces() -> list[dict[str, Any]]:
    """Every audio interface PortAudio knows here: name, api, inputs, outputs, rate_hz, default."""
    import sounddevice as sd

    apis = sd.query_hostapis()
    default = sd.default.device[1]
    for k, d in enumerate(sd.query_devices()):
        if apis[d["hostapi"]]["name"] == JACK and k not in _mended and SPECIAL.search(d["name"]):
            _mend(k, d["name"])
    return [
        {
            "name": _mended.get(k, d["name"]),
            "api": apis[d["hostapi"]]["name"],
            "inputs": d["max_input_channels"],
            "outputs": d["max_output_channels"],
            "rate_hz": d["default_samplerate"],
            "default": k == default,
            "index": k,
        }
        for k, d in enumerate(sd.query_devices())
        if not OWN.fullmatch(d["name"])
    ]


def _mend(index: int, name: str) -> None:
    """Let PortAudio find the ports of a JACK client whose name is no regular expression for itself.

    PortAudio 19.6 asks the server for `NAME:.*`, when it counts the ports and when it opens them, and finds none for
    `Card (USB) [2]`.  With each such character a dot, a pattern of the same length finds them; not where it finds
    others too, nor in a PortAudio that has counted them by itself.
    """
    import sounddevice as sd

    info = sd._lib.Pa_GetDeviceInfo(index)
    if info.maxInputChannels or info.maxOutputChannels:
        return
    pattern = SPECIAL.sub(".", name)
    counts = []
    for ports in _jack_ports():
        own = [port for port in ports if port.partition(":")[0] == name]
        if own != [port for port in ports if re.search(f"{pattern}:", port)]:
            return
        counts.append(len(own))
    if counts:
        info.maxInputChannels, info.maxOutputChannels = counts
        kept = sd._ffi.new("char[]", pattern.encode())
        info.name = kept
        _KEEP.append(kept)
        _mended[index] = name


_KEEP: list[Any] = []  # what PortAudio points to, as long as this process lives


def _jack_ports() -> Iterator[list[str]]:
    """The JACK server's audio ports that sound comes from, then those that it goes to; nothing without a server."""
    try:
        jack = ctypes.CDLL("libjack.so.0")
    except OSError:
        return
    jack.jack_client_open.restype = ctypes.c_void_p
    jack.jack_get_ports.restype = ctypes.POINTER(ctypes.c_char_p)
    client = jack.jack_client_open(b"studiod-names", NO_START, None)
    if client is None:
        return
    try:
        for flag in (TO_US, FROM_US):
            names = jack.jack_get_ports(ctypes.c_void_p(client), None, AUDIO_PORT, ctypes.c_ulong(flag))
            out: list[str] = []
            while names and names[len(out)]:
                out.append(names[len(out)].decode(errors="replace"))
            jack.jack_free(names)
            yield out
    finally:
        jack.jack_client_close(ctypes.c_void_p(client))


def playable(found: Found) -> list[Mapping[str, Any]]:
    """Those with outputs, the only ones that can carry a desk."""
    return [d for d in found if d["outputs"] > 0]


def called(found: Found, device: Mapping[str, Any]) -> str:
    """What the settings have to say for a device: its name, with its API before it where another has the same name."""
    alike = [d for d in playable(found) if d["name"] == device["name"]]
    return f"{device['api']}: {device['name']}" if len(alike) > 1 else str(device["name"])


def matching(found: Found, wanted: str) -> list[Mapping[str, Any]]:
    """Those that a name fits: whole, or else as a part, letter case ignored, or else but for the place that ALSA gave
    it; "default": the default output."""
    if wanted == "default":
        return [d for d in playable(found) if d["default"]]
    whole = [d for d in playable(found) if wanted in (d["name"], f"{d['api']}: {d['name']}")]
    parts = [d for d in playable(found) if wanted.lower() in d["name"].lower()]
    return whole or parts or [d for d in playable(found) if PLACE.sub("", wanted) == PLACE.sub("", d["name"]) != ""]


def choose(found: Found, wanted: str) -> Mapping[str, Any]:
    """The first that a name fits.  Raises LookupError with what there is."""
    matches = matching(found, wanted)
    if not matches:
        names = ", ".join(repr(called(found, d)) for d in playable(found)) or "none at all"
        raise LookupError(f'{ABSENT} {wanted!r}; this machine has: {names}; or use "virtual"')
    return matches[0]


def explain(fault: Exception, wanted: Mapping[str, Any]) -> str:
    """What a driver's refusal of wanted (device, rate_hz) means for the settings, and what to do."""
    text, rate_hz = str(fault), wanted["rate_hz"]
    if "-9997" in text:
        device = choose(interfaces(), wanted["device"])
        has_hz = round(device["rate_hz"])
        if device["api"] == JACK:
            return (
                f"it runs at {has_hz} Hz, the desk at {rate_hz}: "
                f"set interface.rate_hz = {has_hz}, or start its server at {rate_hz} Hz"
            )
        other = f"interface.rate_hz = {has_hz}" if has_hz != rate_hz else "another interface.rate_hz"
        return f"it does not run at {rate_hz} Hz: set {other}, or the device to {rate_hz} Hz"
    if "-9998" in text:
        return f"{text}: set interface.inputs and interface.outputs to 0 to take the channels that it has"
    if "-9985" in text:
        return f"{text}: another program holds it, or this user may not open it; see `studiod check`"
    return text if isinstance(fault, LookupError) else f"{text}: restart its server, or unplug it and plug it in"


def fault(wanted: Mapping[str, Any]) -> str:
    """Why an interface would not open with wanted (device, rate_hz, the console's inputs and outputs); else ""."""
    import sounddevice as sd

    try:
        device, rate_hz = choose(interfaces(), wanted["device"]), wanted["rate_hz"]
        outputs, inputs = (min(device[way], wanted[way]) for way in ("outputs", "inputs"))
        sd.check_output_settings(device["index"], outputs, "float32", samplerate=rate_hz)
        if inputs:
            sd.check_input_settings(device["index"], inputs, "float32", samplerate=rate_hz)
    except (LookupError, ValueError, sd.PortAudioError) as refusal:
        return explain(refusal, wanted)
    return ""


if __name__ == "__main__":
    print(json.dumps(fault(json.loads(sys.argv[1])) if len(sys.argv) > 1 else interfaces()), flush=True)
    threading.Timer(1.0, os._exit, (0,)).start()  # PortAudio may never come back from its end
    if (used := sys.modules.get("sounddevice")) is not None:
        used._terminate()  # else JACK keeps the name of this client for a moment, and the card is called PortAudio-01
    os._exit(0)
