"""A stand-in for TouchOSC, which cannot run here: what its manual says of files, messages and scripts, over real UDP.

The file is read with tosclib, another author's reader.  It sends from one port and listens on another, as the app does.
"""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tosclib
from lupa import lua51

from studiod.net.osc_codec import decode, encode

# Of Lua's libraries only these are there (the manual, "Scripting").
KEPT = "error ipairs next pairs print select tonumber tostring unpack type table math string"


# What scripts see of a control: tables, whose fields are asked of this program by the control's number.
SEEN = """
local get, put, look, notify = ...
local made = {}
local function seen(n)
  if made[n] then return made[n] end
  local values = setmetatable({}, {
    __index = function(_, key) return get(n, key) end,
    __newindex = function(_, key, value) put(n, key, value) end,
  })
  local one = {values = values}
  function one:notify(key, value) notify(n, key, value) end
  made[n] = setmetatable(one, {
    __index = function(_, key)
      if key == 'parent' then return seen(look(n, 'parent')) end
      if key == 'children' then  -- by place and by name
        local all = {}
        for k, number in ipairs(look(n, 'children')) do all[k] = seen(number) end
        setmetatable(all, {__index = function(_, name) return seen(look(n, 'child', name)) end})
        rawset(one, 'children', all)
        return all
      end
      return look(n, key)
    end,
    __newindex = function(_, key, value)
      if key == 'color' then put(n, key, unpack(value)) else put(n, '.' .. key, value) end
    end,
  })
  return made[n]
end
return seen
"""


class Values:
    """What a control has in its values; one that is set tells its script, and its messages if a hand set it."""

    def __init__(self, node: "Node") -> None:
        self.__dict__["node"], self.__dict__["held"] = node, {}

    def __getattr__(self, key: str) -> Any:
        if key in self.__dict__["held"]:
            return self.held[key]
        raise AttributeError(key)

    def __setattr__(self, key: str, value: Any) -> None:
        self.node.put(key, value)


class Node:
    """One control.  frame: x y w h of the screen."""

    def __init__(self, app: "App", xml: Any, parent: "Node | None") -> None:
        self.app, self.parent, self.type = app, parent, xml.get("type")
        self.properties: dict[str, str] = {}
        x = y = w = h = 0.0
        for one in xml.findall("properties/property"):
            key, value = one.findtext("key"), one.find("value")
            if key == "frame":
                x, y, w, h = (float(value.findtext(side)) for side in "xywh")
            self.properties[key] = value.text or ""
        self.place = (x, y, w, h)
        at = parent.frame if parent else (0.0, 0.0)
        self.frame = (at[0] + x, at[1] + y, w, h)
        self.values = Values(self)
        for one in xml.findall("values/value"):
            key, text = one.findtext("key"), one.findtext("default") or ""
            self.values.held[key] = text if key == "text" else float({"true": "1", "false": "0"}.get(text, text))
        self.messages = [Message(self, one) for one in xml.findall("messages/osc")]
        self.color: Any = None
        self.world: Any = None
        self.number = len(app.nodes)
        app.nodes.append(self)
        self.nodes = [Node(app, child, self) for child in xml.findall("children/node")]

    @property
    def name(self) -> str:
        return self.properties.get("name", "")

    @name.setter
    def name(self, value: str) -> None:
        self.properties["name"] = value
        self.app.paths.clear()

    def walk(self) -> Iterator["Node"]:
        yield self
        for one in self.nodes:
            yield from one.walk()

    def put(self, key: str, value: Any, hand: bool = False) -> None:
        old = self.values.held[key]  # KeyError: it has no such value
        self.values.held[key] = value
        if old != value or hand:
            self.call("onValueChanged", key)
            for message in self.messages:
                if hand:
                    message.fire(key, old, value)

    def start(self) -> None:
        if script := self.properties.get("script"):
            self.world = self.app.world(self)
            self.app.load(script, self.world)

    def call(self, name: str, *args: Any) -> None:
        if self.world is not None and callable(function := self.world[name]):
            function(*args)


class Message:
    """One OSC message of a control."""

    def __init__(self, node: Node, xml: Any) -> None:
        self.node = node
        self.on, self.sends, self.receives = (xml.findtext(key) == "1" for key in ("enabled", "send", "receive"))
        self.triggers = [(one.findtext("var"), one.findtext("condition")) for one in xml.findall("triggers/trigger")]
        self.parts, self.args = ([{e.tag: e.text or "" for e in one} for one in xml.findall(f"{of}/partial")]
                                 for of in ("path", "arguments"))  # fmt: skip

    @property
    def path(self) -> str:
        return "".join(self._part(one) for one in self.parts)

    def _part(self, one: dict[str, str]) -> str:
        if one["type"] == "CONSTANT":
            return one["value"]
        assert one["type"] == "PROPERTY", one
        at, names = self.node, one["value"].split(".")
        for name in names[:-1]:
            assert name == "parent"
            at = at.parent
        return at.properties[names[-1]]

    def fire(self, key: str, old: Any, new: Any) -> None:
        goes = {"ANY": True, "RISE": new > old, "FALL": new < old} if key != "text" else {"ANY": True}
        if self.on and self.sends and any(var == key and goes[how] for var, how in self.triggers):
            self.node.app.send(self.path, *[self._said(one) for one in self.args])

    def _said(self, one: dict[str, str]) -> Any:
        assert one["type"] == "VALUE", one
        value = self.node.values.held[one["value"]]
        if one["conversion"] == "STRING":
            return str(value)
        low, high = float(one["scaleMin"]), float(one["scaleMax"])
        value = low + float(value) * (high - low)
        return round(value) if one["conversion"] == "INTEGER" else value

    def take(self, args: list[Any]) -> None:
        for one, value in zip(self.args, args, strict=False):
            if one["conversion"] == "STRING":
                self.node.put(one["value"], str(value))
            else:
                low, high = float(one["scaleMin"]), float(one["scaleMax"])
                self.node.put(one["value"], (float(value) - low) / (high - low))


class App:
    """A layout that is open.  said: what it has sent; clock: its milliseconds, which stand until they are moved."""

    def __init__(self, path: Path, desk: tuple[str, int] | None = None, port: int = 0) -> None:
        self.lua = lua51.LuaRuntime()
        self.load = self.lua.eval(
            "function(text, world) local f = assert(loadstring(text)); setfenv(f, world); f() end"
        )
        self.clock, self.said = 0, []
        self.paths: dict[str, list[Message]] = {}  # who listens to what, until a tag changes
        self.out, self.ear = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        self.ear.bind(("127.0.0.1", port))
        self.desk = desk
        self.nodes: list[Node] = []
        look = (self._get, self._put, self._look, self._notify)
        self.seen = self.lua.eval("function(text, ...) return loadstring(text)(...) end")(SEEN, *look)
        self.color = self.lua.eval("function(...) return {...} end")
        xml = tosclib.load(str(path))
        assert xml.tag == "lexml"
        self.version = xml.get("version")
        self.root = Node(self, xml.find("node"), None)
        for node in self.root.walk():
            node.start()

    def world(self, node: Node) -> Any:
        names = {name: self.lua.globals()[name] for name in KEPT.split()}
        own = {"self": self.seen(node.number), "sendOSC": self.speak, "getMillis": lambda: self.clock}
        own["Color"] = self.color
        return self.lua.table_from(names | own)

    def _get(self, number: int, key: str) -> Any:
        return self.nodes[number].values.held[key]

    def _put(self, number: int, key: str, *value: Any) -> None:
        node = self.nodes[number]
        if key == "color":
            node.color = value
        elif key == ".name":
            node.name = value[0]
        else:
            node.put(key, value[0])

    def _look(self, number: int, key: str, name: str = "") -> Any:
        node = self.nodes[number]
        if key == "child":
            return next(one.number for one in node.nodes if one.name == name)
        if key == "children":
            return self.lua.table_from([one.number for one in node.nodes])
        return node.parent.number if key == "parent" else node.properties[key]

    def _notify(self, number: int, key: str, value: Any) -> None:
        self.nodes[number].call("onReceiveNotify", key, value)

    def begin(self) -> None:
        for node in self.root.walk():
            node.call("init")

    def tick(self, ms: int) -> None:
        """So much later; frames are drawn on the way."""
        for _ in range(0, ms, 100):
            self.clock += 100
            for node in self.root.walk():
                node.call("update")

    def send(self, path: str, *args: Any) -> None:
        self.said.append((path, *args))
        if self.desk:
            self.out.sendto(encode(path, *args), self.desk)

    def speak(self, path: str, *args: Any) -> None:
        """What a script sends: Lua has one kind of number, which goes as a float."""
        self.send(path, *[float(one) if type(one) is int else one for one in args])

    def receive(self, path: str, *args: Any) -> None:
        """A message came in: the root's script first, then every control whose address it is."""
        told = self.lua.table_from([self.lua.table_from({"tag": "", "value": value}) for value in args])
        self.root.call("onReceiveOSC", self.lua.table_from([path, told]), self.lua.table_from([True]))
        for message in self.listening().get(path, ()):
            message.take(list(args))

    def listening(self) -> dict[str, list[Message]]:
        if not self.paths:
            for node in self.root.walk():
                for message in node.messages:
                    if message.on and message.receives:
                        self.paths.setdefault(message.path, []).append(message)
        return self.paths

    def hear(self, until: Any, wait_s: float = 20.0) -> None:
        """All that comes, until something is so.  Raises TimeoutError."""
        self.ear.settimeout(wait_s)
        while not until():
            for path, args in decode(self.ear.recv(65536))[0]:
                self.receive(path, *args)

    def errors(self) -> list[list[Any]]:
        """What was refused until now: it comes to the port that is sent from, where the app does not listen."""
        self.out.settimeout(20.0)
        self.out.sendto(encode("/ping", "all"), self.desk)
        found: list[tuple[str, list[Any]]] = []
        while ("/pong", ["all"]) not in found:
            found += decode(self.out.recv(65536))[0]
        return [args for address, args in found if address == "/error"]

    def close(self) -> None:
        self.out.close()
        self.ear.close()
