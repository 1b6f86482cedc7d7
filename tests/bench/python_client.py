"""A JACK client whose callback is Python, with the same words on stdin as bare_client.c: what hogs do to such a one."""

import os
import sys
import time

import jack

client = jack.Client(sys.argv[1], no_start_server=True, servername=os.environ["JACK_DEFAULT_SERVER"])
for number in range(1, int(sys.argv[2]) + 1):
    client.inports.register(f"in_{number}")
for number in range(1, int(sys.argv[3]) + 1):
    client.outports.register(f"out_{number}")
callbacks = 0


@client.set_process_callback
def process(frames: int) -> None:
    global callbacks
    callbacks += 1


with client:
    print("ready", flush=True)
    while sys.stdin.readline().strip() == "mark":
        print("mark", callbacks, callbacks * client.blocksize, 0, time.monotonic_ns(), flush=True)
os._exit(0)
