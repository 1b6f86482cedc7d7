"""An OSC client without manners: `python flood.py HOST PORT PER_SECOND` sends faders until its stdin closes.

Channels 2 to 33 in turn, so that whoever measures has channel 1 to itself.  At its end it prints how many it sent, and
over how many seconds.
"""

import select
import socket
import sys
import time

from pythonosc.osc_message_builder import OscMessageBuilder

BATCH_S = 0.005


def messages() -> list[bytes]:
    """One for each of 31 channels and 40 values, ready to send."""
    out = []
    for step in range(40):
        for channel in range(2, 33):
            message = OscMessageBuilder(f"/ch/{channel}/fader")
            message.add_arg(-20.0 - 0.5 * step)
            out.append(message.build().dgram)
    return out


def main() -> None:
    host, port, per_second = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    ready = messages()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.connect((host, port))
        began, sent = time.monotonic(), 0
        while not select.select([sys.stdin], [], [], BATCH_S)[0]:
            due = int((time.monotonic() - began) * per_second)
            for _ in range(due - sent):
                link.send(ready[sent % len(ready)])
                sent += 1
    print(sent, time.monotonic() - began)


if __name__ == "__main__":
    main()
