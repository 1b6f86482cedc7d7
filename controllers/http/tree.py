"""The desk as an OSCQuery tree: what answers a path and a query, in pieces, and knows no web server.

    /               all of it         /ch/1            a node and what is below it
    /ch/1?VALUE     one attribute     /any?HOST_INFO   about the desk

The whole tree is 2 MB: it is never made in one go.  What the registry says of a node is prepared once, and shared by
nodes that are alike; values are put in while the pieces are made, so that others go on in between.

Runs on the desk's loop.  A value is read when its piece is made.
"""

from collections.abc import Callable, Iterator
from urllib.parse import unquote

from controllers.http.answer import Answer, nothing, told, whole
from controllers.http.attributes import OTHERS, OURS, attributes, json_of, value_json
from controllers.http.methods import Method, containers, methods, node_json
from studiod.desk.desk import Desk
from studiod.registry.alike import closest
from studiod.registry.nearest import nearer
from studiod.registry.node import Node
from studiod.registry.param import Param
from studiod.registry.pattern import shown

PIECE_BYTES, PIECE_NODES = 12_000, 60  # a piece is sent when it has so much
HOST_INFO = "HOST_INFO"
ABSENT = "absent"  # a tag: the interface has no such channel
CONTAINER = b'{"FULL_PATH":%s,"ACCESS":0,"CONTENTS":{'  # ACCESS: a known client refuses a container without it


class Space:
    """The address space of one desk.  info: what HOST_INFO says."""

    def __init__(self, desk: Desk, info: Callable[[], dict[str, object]]) -> None:
        self.desk, self.info = desk, info
        self.params = desk.registry.params
        self.methods: dict[str, Method] = {method.path: method for method in methods(desk)}
        self._inside = containers(self.methods)
        self._has: dict[str, int] = {}  # inputs and outputs of the interface
        self._absent: tuple[str, ...] = ()  # how the paths of those begin that it has not
        self.look()
        self._said: dict[str, bytes] = {}  # of a parameter: all but FULL_PATH and VALUE
        self._alike: dict[tuple[object, ...], bytes] = {}  # the same, by what it says

    def respond(self, path: str, query: str = "") -> Answer:
        """What a GET of a path, its %-codes resolved, and of what follows the ? is answered."""
        wanted = unquote(query.removesuffix("="))
        if wanted == HOST_INFO:
            return whole(self.info())
        if wanted and wanted not in OURS:
            if wanted in OTHERS:
                return nothing()
            near = closest(wanted, (*OURS, HOST_INFO))
            reason = f"{shown(wanted)}: no such attribute; one attribute of OSCQuery, or nothing, stands behind the ?"
            return told(400, reason, **({"nearest": near} if near else {}))
        path = path.removesuffix("/").removeprefix("/")
        if path in self.params:
            return self._param(self.params[path], wanted)
        if path in self.methods:
            return self._method(self.methods[path], wanted)
        node = self._node(path)
        if node is None and path not in self._inside:
            near = self.nearest(path)
            reason = f"/{shown(path)}: no such path; nearest is {near}; / has them all"
            return told(404, reason, nearest=near)
        return self._container(path, node, wanted)

    def look(self) -> list[str]:
        """Look at the interface again: where the nodes are others than they were, for it has other channels."""
        words, console = self.desk.status(), self.desk.registry.console
        absent: list[str] = []
        changed = []
        for kind, count in (("input", console.inputs), ("output", console.outputs)):
            has = int(float(words.get(f"{kind}s", count)))
            absent += [f"{kind}/{n}/" for n in range(has + 1, count + 1)]
            if self._has.get(kind, has) != has:
                changed.append(f"/{kind}")
            self._has[kind] = has
        self._absent = tuple(absent)
        return changed

    # -- one node ----------------------------------------------------------------------------------------------------

    def _param(self, param: Param, wanted: str) -> Answer:
        if not wanted:
            return Answer(iter((b"{" + self._of(param) + b"}",)))
        if wanted == "VALUE":
            return Answer(iter((b'{"VALUE":[%s]}' % self._value(param),)))
        return _one({"FULL_PATH": f"/{param.path}", **self._attributes(param)}, wanted)

    def _method(self, method: Method, wanted: str) -> Answer:
        if wanted == "VALUE" and not method.readable:
            return nothing()
        if wanted:
            return _one({"FULL_PATH": f"/{method.path}", **method.attributes()}, wanted)
        return Answer(iter((b"{" + node_json(method) + b"}",)))

    def _container(self, path: str, node: Node | None, wanted: str) -> Answer:
        if wanted == "VALUE":
            return nothing()
        if wanted and wanted != "CONTENTS":
            return _one({"FULL_PATH": f"/{path}", "ACCESS": 0}, wanted)
        head = b'{"CONTENTS":{' if wanted else CONTAINER % json_of(f"/{path}")
        return Answer(_pieces(self._walk(path, node, head)))

    def _node(self, path: str) -> Node | None:
        """Where parameters lie below a path; None: nowhere."""
        node: Node | None = self.desk.registry.root
        for part in path.split("/") if path else ():
            node = node.kids.get(part) if node is not None else None
        return node

    def nearest(self, path: str) -> str:
        """The path, of a value or of a container, that a mistaken one most likely means."""
        other = self.desk.registry.elsewhere(path)
        if other is not None and other.nearest:
            return f"/{other.nearest}"
        near = nearer(path, self.desk.registry.nearest(path), list(self.methods))
        above = "/".join(near.split("/")[: path.count("/") + 1])
        return f"/{above if self._node(above) is not None or above in self._inside else near}"

    # -- nodes as JSON -----------------------------------------------------------------------------------------------

    def _value(self, param: Param) -> bytes:
        return value_json(param.kind, self.desk.get(param.path))

    def _of(self, param: Param) -> bytes:
        """The whole of a parameter's node, without braces."""
        path = param.path
        said = self._said.get(path)
        if said is None:
            same = (param.kind, param.unit, param.low, param.high, param.rest, param.law, param.items, param.flags)
            said = self._alike.get((*same, param.about))
            if said is None:
                said = self._alike[(*same, param.about)] = json_of(attributes(param))[1:-1]
            self._said[path] = said
        if self._absent and path.startswith(self._absent):
            said = json_of(self._attributes(param))[1:-1]
        return b'"FULL_PATH":"/%s","VALUE":[%s],%s' % (path.encode(), self._value(param), said)

    def _attributes(self, param: Param) -> dict[str, object]:
        """Of a parameter; tagged where the interface has no such channel."""
        found = attributes(param)
        if self._absent and param.path.startswith(self._absent):
            found["TAGS"] = [*found["TAGS"], ABSENT]  # type: ignore[misc]
        return found

    def _walk(self, path: str, node: Node | None, head: bytes) -> Iterator[bytes]:
        """A container and all below it, bit by bit: of each node one."""
        yield head
        ways = [(self._kids(path, node), True)]
        while ways:
            kids, first = ways[-1]
            kid = next(kids, None)
            if kid is None:
                ways.pop()
                yield b"}}"
                continue
            ways[-1] = kids, False
            name, at, below = kid
            lead = b'%s"%s":' % (b"" if first else b",", name.encode())
            if at in self.params:
                yield b"%s{%s}" % (lead, self._of(self.params[at]))
            elif at in self.methods:
                yield b"%s{%s}" % (lead, node_json(self.methods[at]))
            else:
                yield lead + CONTAINER % json_of(f"/{at}")
                ways.append((self._kids(at, below), True))

    def _kids(self, path: str, node: Node | None) -> Iterator[tuple[str, str, Node | None]]:
        """What lies in a container: parameters first, each with its path."""
        kids = {} if node is None else node.kids
        for name, kid in kids.items():
            yield name, f"{path}/{name}" if path else name, kid
        for name, at in self._inside.get(path, {}).items():
            if name not in kids:
                yield name, at, None


def _one(of: dict[str, object], wanted: str) -> Answer:
    """One attribute of a node; {}: it has none."""
    return whole({wanted: of[wanted]} if wanted in of else {})


def _pieces(bits: Iterator[bytes]) -> Iterator[bytes]:
    """Bits put together, to be sent and pressed together."""
    some: list[bytes] = []
    size = 0
    for bit in bits:
        some.append(bit)
        size += len(bit)
        if size >= PIECE_BYTES or len(some) >= PIECE_NODES:
            yield b"".join(some)
            some, size = [], 0
    if some:
        yield b"".join(some)
