"""The audio interfaces of this machine, and which of them a name of the settings means: one rule for desk and card.

`python -m studiod.interface` prints them as JSON; given a JSON object of device, rate_hz, inputs and outputs, why that
one would not open.  A child, since drivers hang; without the audio path, which a cold cache would compile first.
"""

import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

Found = Sequence[Mapping[str, Any]]
ABSENT = "no audio interface called"  # how the refusal of a name begins
OWN = re.compile(
    r"PortAudio(-\d+)?"
)  # what PortAudio's clients, the running studiod's too, are called on a JACK server


def interfaces() -> list[dict[str, Any]]:
    """Every audio interface PortAudio knows here: name, api, inputs, outputs, rate_hz, default."""
    import sounddevice as sd

    apis = sd.query_hostapis()
    default = sd.default.device[1]
    return [
        {
            "name": d["name"],
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


def playable(found: Found) -> list[Mapping[str, Any]]:
    """Those with outputs, the only ones that can carry a desk."""
    return [d for d in found if d["outputs"] > 0]


def called(found: Found, device: Mapping[str, Any]) -> str:
    """What the settings have to say for a device: its name, with its API before it where another has the same name."""
    alike = [d for d in playable(found) if d["name"] == device["name"]]
    return f"{device['api']}: {device['name']}" if len(alike) > 1 else str(device["name"])


def matching(found: Found, wanted: str) -> list[Mapping[str, Any]]:
    """Those that a name fits: whole, or else as a part, letter case ignored; "default": the default output."""
    if wanted == "default":
        return [d for d in playable(found) if d["default"]]
    whole = [d for d in playable(found) if wanted in (d["name"], f"{d['api']}: {d['name']}")]
    return whole or [d for d in playable(found) if wanted.lower() in d["name"].lower()]


def choose(found: Found, wanted: str) -> Mapping[str, Any]:
    """The first that a name fits.  Raises LookupError with what there is."""
    matches = matching(found, wanted)
    if not matches:
        names = ", ".join(repr(called(found, d)) for d in playable(found)) or "none at all"
        raise LookupError(f'{ABSENT} {wanted!r}; this machine has: {names}; or use "virtual"')
    return matches[0]


def explain(fault: Exception, wanted: Mapping[str, Any]) -> str:
    """What a driver's refusal of wanted (device, rate_hz) means for the settings, and what to do."""
    text = str(fault)
    if "-9997" in text:
        has = choose(interfaces(), wanted["device"])["rate_hz"]
        return f"the device does not run at {wanted['rate_hz']} Hz; set interface.rate_hz = {has:.0f}"
    if "-9998" in text:
        return f"{text}: it has fewer channels; set interface.inputs and interface.outputs to 0 to take what it has"
    return text


def fault(wanted: Mapping[str, Any]) -> str:
    """Why an interface would not open with wanted (device, rate_hz, inputs, outputs); "" when it would."""
    import sounddevice as sd

    try:
        index, rate_hz = choose(interfaces(), wanted["device"])["index"], wanted["rate_hz"]
        sd.check_output_settings(index, wanted["outputs"], "float32", samplerate=rate_hz)
        if wanted["inputs"]:
            sd.check_input_settings(index, wanted["inputs"], "float32", samplerate=rate_hz)
    except (LookupError, ValueError, sd.PortAudioError) as refusal:
        return explain(refusal, wanted)
    return ""


if __name__ == "__main__":
    print(json.dumps(fault(json.loads(sys.argv[1])) if len(sys.argv) > 1 else interfaces()), flush=True)
    os._exit(0)  # PortAudio may never come back from its end
