"""The path that a mistaken one most likely means, at a bounded cost whatever came."""

from difflib import SequenceMatcher, get_close_matches

from studiod.registry.node import Node

PATH_MOST = 120  # characters that are looked at
PARTS_MOST = 8
LEAVES_MOST = 600  # below one node: these are compared one by one
PAIRS_MOST = 100_000  # of characters, of leaves that are compared at full length: those whose letters agree best


def nearest(root: Node, path: str) -> tuple[str, int]:
    """The path ("" on an empty tree), and the work it took: characters, and pairs of characters of what is compared at
    full length.  Looks at the leaves of one strip, never at all of them."""
    parts = path[:PATH_MOST].strip("/").lower().split("/")[:PARTS_MOST]
    node, steps = root, 0
    way: list[str] = []
    while node.kids:
        if node.count <= LEAVES_MOST and node is not root:
            leaf, cost = _closest("/".join(parts), leaves(node))
            return "/".join([*way, leaf] if leaf else way), steps + cost
        part = parts.pop(0) if parts else ""
        if part and not part.isdigit() and all(map(str.isdigit, node.kids)):
            parts.insert(0, part)  # the number was left out: ch/fader
        name, cost = _closest_kid(list(node.kids), part)
        way.append(name)
        node, steps = node.kids[name], steps + cost
    return "/".join(way), steps


def nearer(path: str, one: str, others: list[str]) -> str:
    """The one, or that of the others which is more like a path than it is; of equals the one."""
    said = path[:PATH_MOST].lower()
    other = _closest(said, others)[0] if others else ""
    return other if _alike(said, other) > _alike(said, one) else one


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other[:PATH_MOST], autojunk=False).ratio()


def leaves(node: Node) -> list[str]:
    """The paths below a node, without its own; "" is itself."""
    out: list[str] = []
    todo = [("", node)]
    while todo:
        way, here = todo.pop()
        if here.param is not None:
            out.append(way)
        todo += [(f"{way}/{name}" if way else name, kid) for name, kid in reversed(here.kids.items())]
    return out


def _closest_kid(names: list[str], part: str) -> tuple[str, int]:
    steps = sum(map(len, names))
    if part in names:
        return part, steps
    numbers = [int(name) for name in names if name.isdigit()]
    if numbers and part.isascii() and part.isdigit():
        return str(min(numbers, key=lambda n: abs(n - int(part[:9])))), steps
    starts = [name for name in names if part and (part.startswith(name) or name.startswith(part))]
    if starts:
        return starts[0], steps
    close = get_close_matches(part, names, 1, 0.3)
    return (close or names)[0], steps * (1 + len(part))


def _closest(tail: str, below: list[str]) -> tuple[str, int]:
    """The one most like it, the first of equals."""
    steps = sum(map(len, below))
    if tail in below:
        return tail, steps
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(tail)
    hopes: list[tuple[float, int]] = []  # how like they are at most; which, from the end
    for k, leaf in enumerate(below):
        matcher.set_seq1(leaf)
        hopes.append((matcher.quick_ratio(), -k))
    best, pairs = (-1.0, 0), 0
    for hope in sorted(hopes, reverse=True):
        leaf = below[-hope[1]]
        cost = len(leaf) * len(tail)
        if hope <= best or pairs + cost > PAIRS_MOST:
            break
        pairs += cost
        matcher.set_seq1(leaf)
        best = max(best, (matcher.ratio(), hope[1]))
    return below[-best[1]], steps + pairs
