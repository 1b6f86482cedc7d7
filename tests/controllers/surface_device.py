"""A nanoKONTROL2 as a process of its own, with real JACK MIDI ports: lines of hex bytes in, lines of hex bytes out."""

import os
import select
import sys

import rtmidi

out = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, "nanoKONTROL2")
into = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, "nanoKONTROL2")
out.open_virtual_port("CTRL")
into.open_virtual_port("LED")
print("ready", flush=True)
buffer = b""
while True:
    if select.select([0], [], [], 0.001)[0]:
        data = os.read(0, 65536)
        if not data:
            break
        buffer += data
        *lines, buffer = buffer.split(b"\n")
        for line in lines:
            out.send_message(list(bytes.fromhex(line.decode())))
    while (got := into.get_message()) is not None:
        sys.stdout.write(bytes(got[0]).hex() + "\n")
        sys.stdout.flush()
