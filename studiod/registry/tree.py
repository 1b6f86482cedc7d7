"""The tree of paths: exact look-up, what a pattern matches in slices of work, the path nearest to a mistaken one."""

from collections.abc import Generator, Iterable, Iterator

from studiod.registry import nearest
from studiod.registry.alike import near_path
from studiod.registry.node import Node
from studiod.registry.param import Param, Refusal
from studiod.registry.pattern import Pattern, compiled, shown
from studiod.registry.recent import Recent

SLICE = 250  # steps of work, after which others may go on
ANSWERS, ANSWER_PATHS = 256, 100_000  # kept: patterns, and paths of all of them together

Found = tuple[Param, ...]
Walk = Generator[None, None, Found]


class Tree:
    """Parameters by path.  It grows only while it is built; one thread at a time.

    steps: the work of all look-ups so far: characters of names, nodes, paths found.
    """

    def __init__(self) -> None:
        self.params: dict[str, Param] = {}
        self.root = Node(0)
        self.last_parts: set[str] = set()  # of all paths
        self.steps = 0
        self._order: list[Param] = []
        self._answers: Recent[str, Found] = Recent(ANSWERS, ANSWER_PATHS)
        self._flagged: dict[str, frozenset[str]] = {}

    def add(self, param: Param) -> None:
        """Grow by one parameter.  Raises ValueError on a path that exists."""
        if param.path in self.params:
            raise ValueError(f"{param.path}: declared twice")
        place = len(self._order)
        self.params[param.path] = param
        self._order.append(param)
        node = self.root
        node.last, node.count = place, place + 1
        for part in param.path.split("/"):
            kid = node.kids.get(part)
            if kid is None:
                kid = node.kids[part] = Node(place)
            kid.last, kid.count = place, kid.count + 1
            node = kid
        node.param, node.place = param, place
        self.last_parts.add(param.path.rpartition("/")[2])
        if self._answers or self._flagged:  # none, while it is built: 12,000 are added
            self.forget()

    def forget(self) -> None:
        """Drop the answers that are kept."""
        self._answers.clear()
        self._flagged.clear()

    def flagged(self, flag: str) -> frozenset[str]:
        """The paths of all parameters that have a flag."""
        found = self._flagged.get(flag)
        if found is None:
            found = self._flagged[flag] = frozenset(path for path, param in self.params.items() if flag in param.flags)
        return found

    def find(self, path: str) -> Param:
        """The parameter at a path.  Raises Refusal with the nearest path."""
        param = self.params.get(path)
        if param is None:
            expected, remedy = "a path of this console", "`studiod params` lists them all"
            raise Refusal(shown(path), "no such path", expected, nearest=lambda: self.near(path), remedy=remedy)
        return param

    def nearest(self, path: str) -> str:
        """The path that a mistaken one most likely means ("" on an empty tree).  A bounded cost, whatever came."""
        found, steps = nearest.nearest(self.root, path)
        self.steps += steps
        return found

    def near(self, path: str) -> str:
        """The same where it is near enough; of a word that is the last part of paths the pattern of those, such as
        '**/fader'; else ""."""
        word = path[: nearest.PATH_MOST].strip("/").lower()
        if word in self.last_parts and word not in self.root.kids and not word.isdecimal():
            return f"'**/{word}'"
        found = self.nearest(path)
        return found if near_path(path, found) else ""

    def match(self, pattern: str) -> list[Param]:
        """What an OSC pattern (without the leading "/") matches, in the order of the console.  Raises Refusal beyond a
        bound of studiod.registry.pattern."""
        search = self._search(pattern)
        while not isinstance(search, tuple):
            try:
                next(search)
            except StopIteration as end:
                search = end.value
        return list(search)

    def matching(self, pattern: str) -> Iterator[Param | None]:
        """The same, one by one, and None whenever a slice of work is over.  Raises Refusal at once."""
        return _one_by_one(self._search(pattern))

    def _search(self, pattern: str) -> Found | Walk:
        """What it matches, when that is known; else the way to find it."""
        exact = self.params.get(pattern)
        known = self._answers.get(pattern) if exact is None else (exact,)
        if known is None:
            return self._walk(compiled(pattern))
        self.steps += len(known)
        return known

    def _walk(self, pattern: Pattern) -> Walk:
        """Each node at most once, with all the places of the pattern that it can stand at; none: it is left out."""
        places: list[int] = []
        after: dict[int, dict[str, tuple[bool, int]]] = {}  # by places and name: does it end there; the places below
        todo = [(self.root, pattern.start)]
        work = 0
        while todo:
            node, at = todo.pop()
            if at & pattern.below and (run := node.run()) is not None:
                places += run
                work += 1
                continue
            kids: Iterable[tuple[str, Node]] = node.kids.items()
            ways = after.get(at)
            if ways is None:
                ways = after[at] = {}
            if plain := pattern.plain.get(at):
                kids = [(plain, node.kids[plain])] if plain in node.kids else []
            for name, kid in kids:
                way = ways.get(name)
                if way is None:
                    way = ways[name] = pattern.name(at, name)
                    work += len(name) + 1
                work += 1
                if way[0] and kid.place >= 0:
                    places.append(kid.place)
                if way[1] and kid.kids:
                    todo.append((kid, way[1]))
                if work >= SLICE:
                    self.steps += work
                    work = 0
                    yield
        self.steps += work + len(places)
        places.sort()
        found = tuple(map(self._order.__getitem__, places))
        self._answers.put(pattern.text, found, 1 + len(found))
        return found


def _one_by_one(search: Found | Walk) -> Iterator[Param | None]:
    found = search if isinstance(search, tuple) else (yield from search)
    for k, param in enumerate(found, 1):
        yield param
        if k % SLICE == 0:
            yield None
