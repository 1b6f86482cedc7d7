"""One rule of the tree: an address of the console, its law, and what of the desk it is."""

from dataclasses import dataclass

from controllers.x32.laws.law import Law
from controllers.x32.links.link import Link


@dataclass(frozen=True, slots=True)
class Row:
    """link: None for what the desk has not, which is kept; rest: what it is at the start, as its law prints it ("": the
    first step).  admin: only that role may set it."""

    address: str
    law: Law
    link: Link | None = None
    rest: str = ""
    admin: bool = False
