"""Values held over others for as long as somebody holds them: layers, never stored, that fall away and leave no trace.

The newest layer of a path is what is asked, told and heard.  What a hold brings about in others (a linked partner) is
held with it, and falls away with it.  Owned by the desk's loop.
"""

from dataclasses import dataclass

from studiod.registry.param import Value

NO_HANDS = {"", "machine", "automation"}  # origins that are nobody's hand; nor is what a command does ("… for …")


def is_hand(origin: str) -> bool:
    return origin not in NO_HANDS and " for " not in origin


@dataclass(slots=True)
class Layer:
    """One hold: whose, by which path it was asked for, and the value."""

    origin: str
    cause: str
    value: Value


class Holds:
    """Layers by path, the newest last."""

    def __init__(self) -> None:
        self.layers: dict[str, list[Layer]] = {}

    def put(self, path: str, origin: str, cause: str, value: Value) -> None:
        """One more on top; the same origin's older one of this path is gone."""
        left = [layer for layer in self.layers.get(path, ()) if layer.origin != origin]
        self.layers[path] = [*left, Layer(origin, cause, value)]

    def over(self, path: str, beneath: Value) -> Value:
        """What stands at a path: the newest layer, or what is beneath."""
        layers = self.layers.get(path)
        return layers[-1].value if layers else beneath

    def end(self, path: str) -> None:
        """No layer of anybody: a hand has set the path."""
        self.layers.pop(path, None)

    def release(self, origin: str, cause: str | None = None) -> list[str]:
        """An origin lets go of what it holds by a path, or of everything; the paths that had a layer of it."""
        touched = []
        for path, layers in list(self.layers.items()):
            left = [layer for layer in layers if layer.origin != origin or cause not in (None, layer.cause)]
            if len(left) == len(layers):
                continue
            touched.append(path)
            if left:
                self.layers[path] = left
            else:
                del self.layers[path]
        return touched

    def copy(self) -> dict[str, list[Layer]]:
        return {path: list(layers) for path, layers in self.layers.items()}
