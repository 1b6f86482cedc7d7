"""The process: JSON lines in, one answer a line out.  {"do": "panel", "unit": "left"} gives {"ok": …} or {"error": …}.

{"do": "after", "s": 0.3} is answered when that much of the wire's clock has passed and a script is through;
{"do": "quiet", "s": 0.2, "within_s": 5} when no unit was told anything for so long.
"""

import json
import os
import select
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mackie_sim.rig import Rig

TICK_S, REST_S = 0.001, 0.05


def main() -> None:
    sys.setswitchinterval(0.0005)  # JACK's thread waits no longer than this for its turn
    heard, wake = os.pipe()
    for end in (heard, wake):
        os.set_blocking(end, False)
    rig, buffer = Rig(wake), b""
    waiting: list[tuple[dict[str, Any], float]] = []
    print(json.dumps({"ok": "ready"}), flush=True)
    while True:
        ready = select.select([0, heard], [], [], TICK_S if rig.busy or waiting else REST_S)[0]
        if heard in ready:
            os.read(heard, 65536)
        rig.carry()
        if waiting and (result := _waited(rig, *waiting[0])) is not None:
            waiting.clear()
            _answer({"ok": result})
        if 0 in ready:
            data = os.read(0, 65536)
            if not data:
                break
            *lines, buffer = (buffer + data).split(b"\n")
            for line in lines:
                request = json.loads(line)
                if request["do"] in ("after", "quiet"):
                    waiting.append((request, rig.now_s()))
                else:
                    rig.carry()
                    _answer(_done(rig, request))
            rig.carry()
    for unit in list(rig.plugs):
        rig.do_unplug(unit)


def _done(rig: Rig, request: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"ok": rig.do(request)}
    except Exception as fault:  # whatever the test asked wrongly is the test's to read
        return {"error": f"{type(fault).__name__}: {fault}"}


def _waited(rig: Rig, request: dict[str, Any], since_s: float) -> bool | None:
    """Whether what was waited for has come; None: not yet."""
    now_s = rig.now_s()
    if rig.later:
        return None
    if request["do"] == "after":
        return True if now_s - since_s >= request["s"] else None
    last_s = max((one["done"] for unit in rig.units.values() for one in unit.log[-1:]), default=since_s)
    if now_s - max(last_s, since_s) >= request["s"]:
        return True
    return False if now_s - since_s >= request["within_s"] else None


def _answer(words: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
