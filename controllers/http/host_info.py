"""HOST_INFO: what a desk is called, where its OSC is heard, and which attributes and commands it knows."""

import socket
from collections.abc import Sequence
from typing import Any

from controllers.http.attributes import OURS

WILD = ("", "0.0.0.0", "::")
NAME_MOST = 60  # characters: a label of DNS has 63 bytes
COMMANDS = ("LISTEN", "PATH_CHANGED")  # LISTEN: IGNORE too
NEEDED = ("FULL_PATH", "CONTENTS", "LAW", "DEFAULT", "NAMES")  # every server has the first two; the others are ours


def own_name() -> str:
    """What this desk is called among others: by its machine."""
    return f"studiod on {socket.gethostname().partition('.')[0]}"[:NAME_MOST]


def host_info(osc: Sequence[Any]) -> dict[str, object]:
    """osc: host and port where OSC is heard, by UDP and TCP.  WebSocket is where HTTP is, so it is left out."""
    host, port = osc[:2]
    found: dict[str, object] = {
        "NAME": own_name(),
        "EXTENSIONS": {name: True for name in (*OURS, *COMMANDS) if name not in NEEDED},
        "OSC_PORT": port,
        "OSC_TRANSPORT": "UDP",
    }
    if host not in WILD:
        found["OSC_IP"] = host
    return found
