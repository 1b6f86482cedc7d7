"""A surface in a process of its own rides the real daemon over JACK MIDI; an OSC client sees it and moves its LEDs."""

import os
import subprocess
import sys
import threading
import time

import pytest

import servers
from studiod.client.client import ask

DEVICE = servers.ROOT / "tests" / "rigs" / "surface_device.py"


class Surface:
    """The process, and all the messages that it was sent."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(DEVICE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ}, bufsize=0
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"ready\n"
        self.heard: list[str] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.heard.append(line.decode().strip())

    def send(self, *messages: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("".join(f"{message}\n" for message in messages).encode())

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._thread.join()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


def until(true, within_s: float = 20.0) -> bool:
    """Whether something becomes true in time."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("jack_server", [{"sync": True, "channels": 4, "suffix": "-midi"}], indirect=True)
def test_a_surface_rides_eight_faders_of_the_daemon_and_sees_its_leds(
    jack_server: servers.JackServer, make_daemon
) -> None:
    device = Surface()
    try:
        daemon = make_daemon({"midi": {"api": "jack", "surfaces": [{"name": "nanokontrol2"}]}})

        def value(path: str) -> object:
            return ask(daemon.host, daemon.osc_port, path)

        assert until(lambda: any(line.startswith("b030") for line in device.heard)), "LEDs are told at the start"
        paths = [f"ch/{n}/fader" for n in range(1, 9)]

        def ridden() -> bool:
            """Sweep up from the foot, where faders rest and are picked up; the port may be there a moment late."""
            for step in (0, 32, 64, 95):
                device.send(*(f"b0{n:02x}{step:02x}" for n in range(8)))
                time.sleep(0.03)
            return all(abs(float(value(path)) - -0.08) < 0.1 for path in paths)

        assert until(ridden, 20.0), [value(p) for p in paths]
        device.send("b0307f", "b03000")  # M of strip 1, pressed and released
        assert until(lambda: value("ch/1/mute") == 1)
        assert until(lambda: "b0307f" in device.heard), "its LED is lit"
        device.heard.clear()
        ask(daemon.host, daemon.osc_port, "ch/1/mute", "0")
        assert until(lambda: "b03000" in device.heard), "a change by OSC moves the LED"
    finally:
        device.close()
