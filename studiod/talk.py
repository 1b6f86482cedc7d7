"""`studiod get` and `studiod set`: one question or order to a running daemon over OSC."""

import socket

from pythonosc.osc_message import OscMessage, ParseError
from pythonosc.osc_message_builder import OscMessageBuilder

PATIENCE_S = 2.0


class TalkFault(RuntimeError):
    """The daemon refused, or did not answer."""


def wire(value: str) -> int | float | str:
    """A word of the command line as OSC would carry it."""
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value


def ask(host: str, port: int, path: str, value: str | None = None) -> object:
    """Set when a value is given; the value that stands there then.  Raises TalkFault."""
    address = "/" + path.strip("/")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.settimeout(PATIENCE_S)
        try:
            link.connect((host, port))
            if value is not None:
                order = OscMessageBuilder(address)
                order.add_arg(wire(value))
                link.send(order.build().dgram)
            link.send(OscMessageBuilder(address).build().dgram)
            while True:
                answer = OscMessage(link.recv(65536))
                if answer.address == "/error":
                    raise TalkFault(str(answer.params[1]))
                if answer.address == address and answer.params:
                    return answer.params[0]
        except ParseError:
            raise TalkFault(f"{path}: more than one answer; ask for one path at a time") from None
        except (OSError, OverflowError):
            raise TalkFault(
                f"no answer from {host}:{port}; is studiod running there? start it, or name --host and --port"
            ) from None
