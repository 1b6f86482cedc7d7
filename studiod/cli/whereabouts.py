"""Where the daemon is: `--host` and `--port`, before the command or behind it, else STUDIOD_HOST and STUDIOD_PORT."""

import argparse
import os
import re

from studiod.errors import Fault
from studiod.texts import plain

HOST, PORT = "127.0.0.1", "9000"
HOST_HELP = "where the daemon runs, also with its port: [::1]:9000 (default: STUDIOD_HOST, else 127.0.0.1)"
PORT_HELP = "its OSC port (default: STUDIOD_PORT, else 9000)"
PORTS = 1, 65535


def add(parser: argparse.ArgumentParser, top: bool = False) -> None:
    """The two words.  top: of `studiod` itself, before any command."""
    default = None if top else argparse.SUPPRESS  # below, what was said before the command stays
    parser.add_argument("--host", help=HOST_HELP, default=default)
    parser.add_argument("--port", help=PORT_HELP, default=default)
    if not top:
        parser.set_defaults(talks=True)


def settle(args: argparse.Namespace) -> None:
    """Put the host and the port that are meant into args.  Raises Fault on a port that is none, or that nobody uses."""
    if not getattr(args, "talks", False):
        given = [f"--{name}" for name in ("host", "port") if getattr(args, name) is not None]
        if given:
            what = f"studiod {args.command}" if args.command else "studiod alone"
            raise Fault(f"{' and '.join(given)}: {what} talks to no daemon; leave it out")
        return
    if args.host is None:
        args.host = os.environ.get("STUDIOD_HOST") or HOST
    said_by = "--port"
    if args.port is None:
        args.port, said_by = os.environ.get("STUDIOD_PORT") or PORT, "STUDIOD_PORT"
    if not re.fullmatch(r"[0-9]{1,5}", args.port) or not PORTS[0] <= int(args.port) <= PORTS[1]:
        raise Fault(
            f"{said_by}: expected a port from {PORTS[0]} to {PORTS[1]}; got {plain(args.port, 40) or 'nothing'}"
        )
    args.port = int(args.port)
