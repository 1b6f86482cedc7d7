"""What a surface's map says that may not be meant: several controls that move one path."""

from collections.abc import Iterator, Sequence

from controllers.midi.surface import Control


def shared(file: str, rows: Sequence[Sequence[Control]], lines: Sequence[int]) -> Iterator[str]:
    """A line for each set of rows that share paths; lines: of the file, where each row begins.

    Buttons that set a value of their own may be many on one path: play and stop.
    """
    movers: dict[str, list[int]] = {}
    for k, row in enumerate(rows):
        for control in row:
            if control.path and control.mode != "set":
                movers.setdefault(control.at(0), []).append(k)
    found: dict[tuple[int, ...], list[tuple[str, int]]] = {}
    for path, movers_k in movers.items():
        if len(movers_k) > 1:
            found.setdefault(tuple(dict.fromkeys(movers_k)), []).append((path, len(movers_k)))
    for places, paths in found.items():
        (path, count), more = paths[0], len(paths) - 1
        named = " and ".join(repr(rows[k][0].name) for k in places)
        begin = [str(lines[k]) for k in places if k < len(lines)]
        where = f"line{'s' * (len(begin) > 1)} {' and '.join(begin)}: " if begin else ""
        others = f" (as of {more} more paths)" if more else ""
        yield (
            f"{file}: {where}control {named}: {count} controls move one path, {path}{others}; "
            "each moves its own where its path has {n}, the control's place in its row"
        )
