"""Questions and orders to a running daemon over OSC: values, changes, streams."""

import contextlib
import socket
import time
from collections.abc import Callable, Generator
from typing import Any

from studiod.errors import Fault
from studiod.net.host_port import EXPECTED, joined, split
from studiod.net.osc_codec import BUNDLE, Malformed, Message, bundles, decode, encode
from studiod.registry.laws import short
from studiod.registry.param import Refusal
from studiod.registry.pattern import compiled, is_pattern
from studiod.texts import plain

PATIENCE_S = 2.0
LEASE_S, RENEW_S = 30.0, 10.0
SILENCE_S = 5.0  # /alive comes every second
INF = float("inf")
PACKET_MAX = 65_507  # bytes: what UDP carries
DONE = "done"  # comes back once an order stands
TRIES = 3  # of a snapshot: a network loses some
VALUES_MAX = 200_000  # of one; the largest console has a third as many
NAME = "studiod"  # of these commands, whichever port each has: what one has changed, the next can undo


class TalkFault(Fault):
    """The daemon refused, or did not answer."""

    code = 1


def wire(value: str) -> int | float | str:
    """A word of the command line as OSC would carry it; a number beyond a double stays text, as it is no infinity."""
    for kind in (int, float):
        try:
            number = kind(value)
        except ValueError:
            continue
        return value if number in (-INF, INF) and "inf" not in value.lower() else number
    return value


def packet(address: str, *words: int | float | str) -> bytes:
    """A message as it goes over the wire; a text that came in a locale without its letters is read as UTF-8.

    Raises TalkFault on what is not, and on one that is too long.
    """
    made = encode(_utf8(address), *(_utf8(word) if isinstance(word, str) else word for word in words))
    if len(made) > PACKET_MAX:
        told = f"{plain(address, 60)}: a message of {len(made)} bytes; expected at most {PACKET_MAX}"
        raise TalkFault(f"{told}, which is one packet; shorten it")
    return made


def _utf8(text: str) -> str:
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        raise TalkFault(f"{text[:60]!a}: not UTF-8 text; set a UTF-8 locale, such as LC_ALL=C.UTF-8") from None


def heard(values: list[Any]) -> list[Any]:
    """The values of a message as people and JSON get them."""
    return [_readable(value) for value in values]


def _readable(value: Any) -> Any:
    if isinstance(value, list):
        return heard(value)
    return value.hex() if isinstance(value, bytes) else short(value)


def refusal(values: list[Any]) -> str:
    """Why the daemon refused, of the words of an /error."""
    return plain(str(heard(values[-1:])[0])) if values else "refused, without a reason"


def signed(order: bytes, *more: bytes) -> bytes:
    """An order with the name of these commands before it, and what is sent in one with it; one that has no room for it
    goes without."""
    named = [encode("/iam", NAME), order, *more]
    return next(bundles(named, PACKET_MAX)) if len(order) < PACKET_MAX - 100 else order


def place(host: str, port: int) -> str:
    """Where a daemon is, as people read it; the host may bring its port."""
    with contextlib.suppress(ValueError):  # as it came
        host, port = split(host, port)
    return joined(plain(host, 80), port)


def silence(host: str, port: int) -> TalkFault:
    """Nothing comes back."""
    told = f"no answer from {place(host, port)}; is studiod running there?"
    return TalkFault(f"{told} start it, or name --host and --port")


def dial(host: str, port: int) -> socket.socket:
    """A socket whose other end is a daemon; the host may bring its port, "[::1]:9001".  Raises TalkFault."""
    try:
        host, port = split(host, port)
    except ValueError:
        raise TalkFault(f"--host {plain(host, 80)}: expected a host, or {EXPECTED}") from None
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except (OSError, OverflowError, ValueError):  # the last two: a name that no host can have
        told = f"--host {plain(host, 80)}: no host of that name is found"
        raise TalkFault(f"{told}; check it, or name the host by its address") from None
    for family, kind, proto, _, there in sorted(found, key=lambda way: way[0] != socket.AF_INET):
        link = socket.socket(family, kind, proto)
        try:
            link.connect(there)
        except OSError:
            link.close()
            continue
        return link
    raise silence(host, port)


def receive(link: socket.socket, until_s: float) -> bytes:
    """The next packet.  Raises TimeoutError when none has come until a time (monotonic), OSError."""
    link.settimeout(max(until_s - time.monotonic(), 0.001))
    return link.recv(65536)


def addressed(path: str) -> str:
    """A path or pattern as an address, with its "/" in front or without."""
    return path if path.startswith("//") else "/" + path.strip("/")


def ask(host: str, port: int, path: str, value: str | None = None) -> object:
    """Set when a value is given; the value that stands there then.  Raises TalkFault."""
    if value is not None:
        change(host, port, path, value)
    address = addressed(path)
    with dial(host, port) as link:
        try:
            return _answer(link, address)
        except OSError:
            raise silence(host, port) from None


def _answer(link: socket.socket, address: str) -> object:
    """Ask for a value.  Raises TalkFault with the daemon's refusal, OSError."""
    until_s = time.monotonic() + PATIENCE_S  # for all of it: whatever else comes does not count
    link.send(packet(address))
    while True:
        answer = receive(link, until_s)
        if answer.startswith(BUNDLE):
            raise TalkFault(f"{plain(address[1:], 80)}: more than one answer; ask for one path at a time")
        for name, values in messages(answer):
            if name == "/error":
                raise TalkFault(refusal(values))
            if name == address and values:
                return heard(values)[0]


def change(host: str, port: int, path: str, value: str) -> None:
    """Set all that a path or pattern names in one transaction, or nothing; over when it stands.  Raises TalkFault."""
    address, word = addressed(path), wire(value)
    with dial(host, port) as link:
        try:
            _order(link, address, word)
        except TalkFault as refused:
            if word != value:  # a text may look like a number: the name of a strip
                with contextlib.suppress(TalkFault, OSError):
                    return _order(link, address, value)
            rest = "; nothing is changed" if is_pattern(address[1:]) else ""
            raise TalkFault(f"{refused}{rest}") from None
        except OSError:
            raise silence(host, port) from None


def _order(link: socket.socket, address: str, word: int | float | str) -> None:
    """Give an order, and wait until it is done.  Raises TalkFault with the daemon's refusal, OSError."""
    until_s = time.monotonic() + PATIENCE_S
    link.send(signed(packet(address, word), packet("/ping", DONE)))
    while True:
        for name, said in messages(receive(link, until_s)):
            if name == "/error":
                raise TalkFault(refusal(said))
            if name == "/pong" and said == [DONE]:
                return


def values(host: str, port: int, pattern: str) -> dict[str, object]:
    """All values that a pattern names as they stand, in the desk's order.  Raises TalkFault."""
    address = addressed(pattern)
    try:
        fits = compiled(address[1:]).fits
    except Refusal as fault:
        raise TalkFault(str(fault)) from None
    order, count = ("/subscribe", address, LEASE_S), 0
    for _ in range(TRIES):
        found: dict[str, object] = {}
        with contextlib.closing(stream(host, port, order, "/unsubscribe", lambda path, _: fits(path))) as news:
            for path, said in news:
                if path == "snapshot/end" and said[:1] == [address]:
                    count = said[1] if len(said) > 1 and isinstance(said[1], int) else 0
                    break
                if said and fits(path) and len(found) < VALUES_MAX:
                    found[path] = said[0]
        if len(found) >= count:
            return found
    raise TalkFault(f"{plain(address, 80)}: {len(found)} of {count} values arrived; ask for fewer at a time")


def messages(answer: bytes) -> list[Message]:
    """The messages of a packet; none when it is not OSC."""
    try:
        return decode(answer)[0]
    except Malformed:
        return []


def watch(
    host: str, port: int, pattern: str = "/**", changes: bool = False
) -> Generator[tuple[str, object], None, None]:
    """Every value that matches (changes: none of them), then each change, for ever.  A renewed lease also brings what
    the network has lost.

    Raises TalkFault.
    """
    address = addressed(pattern)
    told: dict[str, object] = {}
    quiet = changes  # until all that is has come
    with contextlib.closing(stream(host, port, ("/subscribe", address, LEASE_S), "/unsubscribe")) as news:
        for path, said in news:
            quiet = quiet and path != "snapshot/end"
            if path in ("alive", "snapshot/end") or not said or told.get(path) == said[0]:
                continue
            first = path not in told
            told[path] = said[0]
            if not (quiet and first):
                yield path, said[0]


def meters(host: str, port: int, bank: str, hz: float) -> Generator[list[float], None, None]:
    """Frames of a bank of meters, for ever, each the most since the one before it.  Raises TalkFault."""
    order = ("/meters/subscribe", bank, hz, LEASE_S)

    def is_frame(path: str, values: list[Any]) -> bool:
        return path == f"meters/{bank}" and all(isinstance(value, float) for value in values)

    with contextlib.closing(stream(host, port, order, "/meters/unsubscribe", is_frame)) as news:
        for path, values in news:
            if is_frame(path, values):
                yield values


def stream(
    host: str, port: int, order: tuple[Any, ...], end: str, counts: Callable[[str, list[Any]], bool] = lambda *_: True
) -> Generator[tuple[str, list[Any]], None, None]:
    """Ask for a stream, renew its lease, and end it: each message, its address without the first "/", and its values.

    counts: what shows that the stream goes on; without any for a while it is over.  Raises TalkFault.
    """
    subscribe = packet(*order)
    with dial(host, port) as link:
        with contextlib.suppress(OSError):
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        try:
            renew_s, until_s = 0.0, time.monotonic() + PATIENCE_S
            while True:
                now_s = time.monotonic()
                if now_s >= until_s:
                    raise TimeoutError
                if now_s >= renew_s:
                    link.send(subscribe)
                    renew_s = now_s + RENEW_S
                try:
                    answer = receive(link, min(renew_s, until_s))
                except TimeoutError:
                    continue
                for address, values in messages(answer):
                    path = address.lstrip("/")
                    if path == "error":
                        raise TalkFault(refusal(values))
                    if counts(path, values):
                        until_s = time.monotonic() + SILENCE_S
                    yield path, heard(values)
        except OSError:
            raise silence(host, port) from None
        finally:
            with contextlib.suppress(OSError):
                link.send(packet(end))
