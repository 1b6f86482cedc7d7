"""What a tablet shows, whatever the app: parts on pages, pages in books, and how large each is, in px."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Frame = tuple[int, int, int, int]  # x y w h, px, of the page

BAR, TABS, GAP = 28, 40, 2  # px: the line above all pages, a row of tabs, between two parts
FADER = 60  # px: no fader is narrower
WIDTHS, HEIGHTS = (320, 8192), (320, 8192)  # px of a screen
CHOSEN = "@"  # in a path: the number of the strip that is chosen


@dataclass(frozen=True, slots=True)
class Part:
    """One control or text.

    kind: fader knob switch hold: what sets a path; shown: a number at a path, as text; name: a strip's name on its
    colour; meter: a bar; figure: a number of the meters, as text; action: says an address, with 1; title: a word;
    chooser: which strip is CHOSEN.
    """

    kind: str
    path: str
    frame: Frame
    label: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Parts side by side, none over another."""

    label: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """Pages behind tabs."""

    label: str
    pages: tuple["Page | Book", ...]


@dataclass(frozen=True, slots=True)
class Surface:
    """All of it.  strips: the numbers that the chooser has."""

    width: int
    height: int
    book: Book
    strips: tuple[int, ...] = field(default=())

    def parts(self) -> Iterator[Part]:
        """Each part of each page."""
        return (part for page in pages(self.book) for part in page.parts)


def pages(book: "Book | Page") -> Iterator[Page]:
    """Each page, those of books within too."""
    if isinstance(book, Page):
        yield book
        return
    for one in book.pages:
        yield from pages(one)


def columns(width: int, least: int, most: int) -> int:
    """How many columns of at least so many px fit side by side; most at most."""
    return max(1, min(most, width // least))


def cut(items: list[Any], count: int) -> list[list[Any]]:
    """So many at a time."""
    return [items[k : k + count] for k in range(0, len(items), count)]
