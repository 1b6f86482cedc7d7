"""A device as a process of its own, with real JACK MIDI ports: lines of hex bytes in, lines of hex bytes out.

`surface_device.py [NAME [MESSAGES_PER_S]]`: the JACK client's name (a nanoKONTROL2), and how fast it sends at most.
"""

import os
import select
import sys
import time

import rtmidi

NAME = sys.argv[1] if len(sys.argv) > 1 else "nanoKONTROL2"
PACE_S = 1 / float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
out = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, NAME)
into = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, NAME, queue_size_limit=1 << 16)
into.ignore_types(sysex=False)
out.open_virtual_port("CTRL")
into.open_virtual_port("LED")
print("ready", flush=True)
buffer, waiting, next_s = b"", [], 0.0
while True:
    if select.select([0], [], [], 0.001)[0]:
        data = os.read(0, 65536)
        if not data:
            break
        buffer += data
        *lines, buffer = buffer.split(b"\n")
        waiting += [list(bytes.fromhex(line.decode())) for line in lines]
    now_s = time.monotonic()
    while waiting and next_s <= now_s:
        out.send_message(waiting.pop(0))
        next_s = max(next_s, now_s - 0.01) + PACE_S
    heard = []
    while (got := into.get_message()) is not None:
        heard.append(bytes(got[0]).hex() + "\n")
    if heard:
        sys.stdout.write("".join(heard))
        sys.stdout.flush()
