"""OSCQuery's own commands, in text frames of a WebSocket: LISTEN and IGNORE an exact path; PATH_CHANGED to who does.

    {"COMMAND": "LISTEN", "DATA": "/ch/1/fader"}

What changes there is then sent as OSC, in binary frames, by the same feeds as subscriptions (controllers/osc/feed.py),
without a snapshot and without a lease: until IGNORE, `/unsubscribe`, or the end of the connection.
"""

import json
import math
from weakref import WeakKeyDictionary

from controllers.http.tree import Space
from controllers.osc import meters
from controllers.osc.client import Client
from controllers.osc.meter_feed import Stream
from controllers.osc.server import Osc
from controllers.osc.subscription import Subscription
from studiod.registry.param import Refusal, told
from studiod.registry.pattern import shown

MOST = 4096  # characters of a frame
HZ, METERS_HZ = 50.0, 30.0
SHAPE = '{"COMMAND": "LISTEN" or "IGNORE", "DATA": "/ch/1/fader"}'


class Listening:
    """Over the clients of one OSC server.  space: what can be listened to."""

    def __init__(self, osc: Osc, space: Space) -> None:
        self.osc, self.space = osc, space
        self._who: WeakKeyDictionary[Client, None] = WeakKeyDictionary()  # who speaks like this

    def hear(self, text: str, client: Client) -> None:
        """A text frame, read in its sender's turn."""
        who, within = client.who
        self.osc.turns.put(who, lambda: self._frame(text, client), len(text), within)
        self.osc.turns.wake()

    def changed(self, path: str) -> None:
        """What stands at a path is to be asked for again, with all below it."""
        frame = json.dumps({"COMMAND": "PATH_CHANGED", "DATA": path})
        for client in list(self._who):
            if not client.gone:
                client.tell(frame)

    def _frame(self, text: str, client: Client) -> None:
        if client.gone:
            return
        try:
            command, path = _read(text)
            self._who[client] = None
            if command == "LISTEN":
                self._listen(client, path)
            else:
                self._ignore(client, path)
        except Refusal as fault:
            client.complain(f"/{fault.path.removeprefix('/')}", str(fault))

    def _listen(self, client: Client, path: str) -> None:
        bank = self._bank(path)
        if bank:
            stream = client.streams.get(_key(client, path))
            if stream is None:
                stream = client.streams[_key(client, path)] = Stream(client, client.address, bank)
                stream.hz, stream.ends_s = METERS_HZ, math.inf
                self.osc.words.subscribing.meter_feeds.put(stream, bank, meters.whole(bank), METERS_HZ)
            return
        sub = client.subs.get(_key(client))
        if sub is None:
            self.osc.peers.make_room_to_subscribe(client)
            pattern = f"LISTEN {client.socket_origin}"  # what it listens to is its own: nobody shares it
            sub = Subscription(client, client.address, pattern, set(), False, self.osc.desk)
            sub.hz, sub.ends_s = HZ, math.inf
            client.subs[_key(client)] = sub
            self.osc.words.subscribing.feeds.put(sub, HZ)
        _paths(sub).add(path)

    def _ignore(self, client: Client, path: str) -> None:
        if self._bank(path):
            stream = client.streams.pop(_key(client, path), None)
            if stream is not None:
                stream.leave()
            return
        sub = client.subs.get(_key(client))
        if sub is not None:
            _paths(sub).discard(path)
            sub.echo.pending.pop(path, None)
            if not sub.echo.paths:
                client.drop(_key(client))

    def _bank(self, path: str) -> str:
        """The bank of meters that a path is; "": it is a parameter.  Raises Refusal for what is neither."""
        if path in self.space.params:
            return ""
        method = self.space.methods.get(path)
        if method is not None and method.readable:
            return path.removeprefix("meters/")
        if method is not None:
            raise Refusal(path, "a command has no value to listen to", remedy="what it changes is heard at its paths")
        expected = "the exact path of a value"
        raise Refusal(shown(path), "nothing to listen to", expected, nearest=lambda: self.space.nearest(path))


def _key(client: Client, path: str = "") -> tuple[tuple[object, ...], str]:
    """Of what it listens to, beside its subscriptions."""
    return client.address, f"LISTEN {path}"


def _paths(sub: Subscription) -> set[str]:
    """What a client listens to; its feed looks at the same set."""
    assert isinstance(sub.echo.paths, set)
    return sub.echo.paths


def _read(text: str) -> tuple[str, str]:
    """The command of a text frame, and the path without the "/" in front.  Raises Refusal."""
    try:
        found = json.loads(text if len(text) <= MOST else "")
        command, path = found["COMMAND"], found["DATA"]
        if command in ("LISTEN", "IGNORE") and isinstance(path, str) and path.startswith("/"):
            return command, path[1:]
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    raise Refusal("", "a text frame that is no command of OSCQuery", SHAPE, told(text))
