"""`studiod get`, `set`, `watch` and `meters`: questions and orders to a running daemon over OSC."""

import contextlib
import socket
import time
from collections.abc import Generator
from typing import Any

from pythonosc import osc_packet
from pythonosc.osc_message import OscMessage, ParseError
from pythonosc.osc_message_builder import OscMessageBuilder

from studiod.fault import Fault
from studiod.laws import short

PATIENCE_S = 2.0
LEASE_S, RENEW_S = 30.0, 10.0
SILENCE_S = 5.0  # /alive comes every second


class TalkFault(Fault):
    """The daemon refused, or did not answer."""

    code = 1


def wire(value: str) -> int | float | str:
    """A word of the command line as OSC would carry it."""
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value


def packet(address: str, *words: int | float | str) -> bytes:
    """A message as it goes over the wire; a text that came in a locale without its letters is read as UTF-8.

    Raises TalkFault on what is not.
    """
    made = OscMessageBuilder(_utf8(address))
    for word in words:
        made.add_arg(_utf8(word) if isinstance(word, str) else word)
    return made.build().dgram


def _utf8(text: str) -> str:
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        raise TalkFault(f"{text!a}: not UTF-8 text; set a UTF-8 locale, such as LC_ALL=C.UTF-8") from None


def heard(message: OscMessage) -> list[Any]:
    """The values of a message as people and JSON get them."""
    return [short(value) for value in message.params]


def ask(host: str, port: int, path: str, value: str | None = None) -> object:
    """Set when a value is given; the value that stands there then.  Raises TalkFault."""
    address = "/" + path.strip("/")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.settimeout(PATIENCE_S)
        try:
            link.connect((host, port))
            if value is None:
                return _exchange(link, address)
            try:
                return _exchange(link, address, wire(value))
            except TalkFault as refusal:
                if wire(value) == value:
                    raise
                with contextlib.suppress(TalkFault):  # a text may look like a number: the name of a strip
                    return _exchange(link, address, value)
                raise refusal from None
        except ParseError:
            raise TalkFault(f"{path}: more than one answer; ask for one path at a time") from None
        except (OSError, OverflowError):
            raise TalkFault(
                f"no answer from {host}:{port}; is studiod running there? start it, or name --host and --port"
            ) from None


def _exchange(link: socket.socket, address: str, word: int | float | str | None = None) -> object:
    """Send a value if there is one, then ask; the answer.  Raises TalkFault with the daemon's refusal, OSError."""
    if word is not None:
        link.send(packet(address, word))
    link.send(packet(address))
    refusal = ""
    while True:
        answer = OscMessage(link.recv(65536))
        if answer.address == "/error":
            if word is None or refusal:
                raise TalkFault(refusal or str(answer.params[1]))
            refusal = str(answer.params[1])  # the value that still stands comes after it, or a second refusal
        elif answer.address == address and answer.params:
            if refusal:
                raise TalkFault(refusal)
            return heard(answer)[0]


def watch(host: str, port: int, pattern: str = "/**") -> Generator[tuple[str, object], None, None]:
    """Every value that matches, then each change, for ever.  A renewed lease also brings what the network has lost.

    Raises TalkFault.
    """
    pattern = pattern if pattern.startswith("/") else "/" + pattern
    told: dict[str, object] = {}
    with contextlib.closing(stream(host, port, ("/subscribe", pattern, LEASE_S), "/unsubscribe")) as messages:
        for path, values in messages:
            if path in ("alive", "snapshot/end") or not values or told.get(path) == values[0]:
                continue
            told[path] = values[0]
            yield path, values[0]


def meters(host: str, port: int, bank: str, hz: float) -> Generator[list[float], None, None]:
    """Frames of a bank of meters, for ever, each the most since the one before it.  Raises TalkFault."""
    order = ("/meters/subscribe", bank, hz, LEASE_S)
    with contextlib.closing(stream(host, port, order, "/meters/unsubscribe")) as messages:
        for path, values in messages:
            if path == f"meters/{bank}":
                yield values


def stream(host: str, port: int, order: tuple[Any, ...], end: str) -> Generator[tuple[str, list[Any]], None, None]:
    """Ask for a stream, renew its lease, and end it: each message, its address without the first "/", and its values.

    Raises TalkFault.
    """
    subscribe = packet(*order)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        with contextlib.suppress(OSError):
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        link.settimeout(0.2)
        try:
            link.connect((host, port))
            renew_s, heard_s, patience_s = 0.0, time.monotonic(), PATIENCE_S
            while True:
                now_s = time.monotonic()
                if now_s >= renew_s:
                    link.send(subscribe)
                    renew_s = now_s + RENEW_S
                try:
                    messages = osc_packet.OscPacket(link.recv(65536)).messages
                except osc_packet.ParseError:
                    continue
                except TimeoutError:
                    if now_s - heard_s > patience_s:
                        raise
                    continue
                heard_s, patience_s = time.monotonic(), SILENCE_S
                for _, message in messages:
                    path, values = message.address.lstrip("/"), heard(message)
                    if path == "error":
                        raise TalkFault(str(values[-1] if values else "refused"))
                    yield path, values
        except OSError:
            raise TalkFault(
                f"no answer from {host}:{port}; is studiod running there? start it, or name --host and --port"
            ) from None
        finally:
            with contextlib.suppress(OSError):
                link.send(packet(end))
