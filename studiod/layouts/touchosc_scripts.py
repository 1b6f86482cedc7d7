"""The Lua that a TouchOSC layout carries: asking for what it shows, the line that tells whether a desk is there, texts.

TouchOSC gives scripts Lua 5.1 with a part of its libraries; each control's script is a world of its own.
"""

from studiod.layouts.wanted import HZ
from studiod.registry.laws import SEGMENTS, plain
from studiod.registry.registry import Param

ALIVE, LOST = "studiod", "no desk"  # what the line above the pages says
EVERY_MS, SOON_MS, LOST_MS = 10_000, 2_000, 3_000  # SOON: the desk trusts a listener that has spoken twice

RGB = {"off": "0.25,0.25,0.25", "red": "0.8,0.15,0.15", "green": "0.1,0.6,0.2", "yellow": "0.7,0.6,0.1",
       "blue": "0.15,0.3,0.8", "magenta": "0.7,0.15,0.6", "cyan": "0.1,0.6,0.7", "white": "0.6,0.6,0.6"}  # fmt: skip

_ROOT = """\
local to, every, soon, lost = 'localhost:@PORT@', @EVERY@, @SOON@, @LOST@
local patterns = {@PATTERNS@}
local banks = {@BANKS@}
local colours = {@COLOURS@}
local asked, again, heard, there = 0, 0, 0, false
local found = {}

local function ask()
  for _, pattern in ipairs(patterns) do sendOSC('/subscribe/to', to, pattern) end
  for _, bank in ipairs(banks) do sendOSC('/meters/subscribe/to', to, bank, @HZ@) end
  asked = getMillis()
end

local function tell(up)
  there = up
  local line = self.children['alive']
  line.values.text = up and '@ALIVE@' or '@GONE@'
  line.color = up and Color(0.1, 0.3, 0.15, 1) or Color(0.9, 0.1, 0.1, 1)
end

local function learn(one)
  local inner = one.children or {}
  for i = 1, #inner do
    local child = inner[i]
    if string.match(child.name, '/name$') or string.match(child.name, '^figure ') then
      found[child.name] = found[child.name] or {}
      table.insert(found[child.name], child)
    end
    learn(child)
  end
end

function init()
  learn(self)
  tell(false)
  ask()
  again = soon
end

function update()
  local now = getMillis()
  if now - asked >= again then
    ask()
    again = every
  end
  if there and now - heard > lost then tell(false) end
end

function onReceiveOSC(message, connections)
  local path, arguments = message[1], message[2]
  if path == '/alive' then
    heard = getMillis()
    if not there then tell(true) end
    return
  end
  local strip = string.match(path, '^/(.*)/colour$')
  if strip then
    local rgb = colours[arguments[1].value] or colours.off
    for _, one in ipairs(found[strip .. '/name'] or {}) do one.color = Color(rgb[1], rgb[2], rgb[3], 1) end
    return
  end
  local figure = string.match(path, '^/meters/(.*)$')
  if figure then
    for _, one in ipairs(found['figure ' .. figure] or {}) do
      one.values.text = string.format('%.1f', arguments[1].value)
    end
  end
end
"""

_NUMBER = """\
local law, low, high, unit = '@LAW@', @LOW@, @HIGH@, '@UNIT@'
local segments = {@SEGMENTS@}

local function value(turn)
  if turn <= 0 then return low end
  if turn >= 1 then return high end
  if law == 'octave' then return low * math.exp(turn * math.log(high / low)) end
  if law == 'fader' then
    for _, s in ipairs(segments) do
      if turn >= s[1] then return s[2] + (turn - s[1]) * s[3] end
    end
  end
  local v = low + turn * (high - low)
  return law == 'whole' and math.floor(v + 0.5) or v
end

local function show()
  local v = value(self.values.x)
  local text = string.format(math.abs(v) < 100 and '%.1f' or '%.0f', v)
  if math.abs(v) < 10 and law == 'octave' then text = string.format('%.2f', v) end
  text = string.match(text, '^%-([0.]+)$') or text
  if law == 'fader' and v <= low then text = '-oo' end
  self.parent.children['@SHOWN@'].values.text = unit == '' and text or text .. ' ' .. unit
end

function init() show() end

function onValueChanged(key)
  if key == 'x' then show() end
end
"""

_NAME = """\
function onValueChanged(key)
  if key == 'text' and self.values.text == '' then self.values.text = @CALLED@ end
end
"""

_STEP = """\
function onValueChanged(key)
  if key == 'x' and self.values.x == 1 then self.parent:notify('step', @STEP@) end
end
"""

_CHOOSER = """\
local to, every = 'localhost:@PORT@', @EVERY@
local strips = {@STRIPS@}
local at, asked = 1, 0

local function patterns()
  return {'/turn/ch/' .. strips[at] .. '/**', '/ch/' .. strips[at] .. '/**'}
end

local function ask()
  for _, pattern in ipairs(patterns()) do sendOSC('/subscribe/to', to, pattern) end
  asked = getMillis()
end

local function choose()
  self.name = tostring(strips[at])
  self.children['chosen'].values.text = 'ch ' .. self.name
  ask()
end

function init() choose() end

function update()
  if getMillis() - asked >= every then ask() end
end

function onReceiveNotify(key, value)
  if key ~= 'step' then return end
  local old = patterns()
  local new = math.min(math.max(at + value, 1), #strips)
  if new == at then return end
  at = new
  for _, pattern in ipairs(old) do sendOSC('/unsubscribe', pattern) end
  choose()
end
"""


def _filled(text: str, **words: object) -> str:
    for word, value in words.items():
        text = text.replace(f"@{word.upper()}@", str(value))
    return text


def quoted(text: str) -> str:
    """As Lua writes it."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def root(port: int, patterns: list[str], banks: list[str]) -> str:
    """Of the whole layout."""
    colours = ", ".join(f"{name} = {{{rgb}}}" for name, rgb in RGB.items())
    return _filled(
        _ROOT, port=port, every=EVERY_MS, soon=SOON_MS, lost=LOST_MS, hz=HZ, alive=ALIVE, gone=LOST, colours=colours,
        patterns=", ".join(map(quoted, patterns)), banks=", ".join(map(quoted, banks)),
    )  # fmt: skip


def number(one: Param, shown: str) -> str:
    """Of a number's control: its value as text, by its law, in the control of that name beside it."""
    rows = ", ".join("{" + ", ".join(f"{x:g}" for x in row) + "}" for row in SEGMENTS) if one.law == "fader" else ""
    return _filled(
        _NUMBER, law=one.law, low=f"{plain(one.low):.9g}", high=f"{plain(one.high):.9g}", unit=one.unit,
        segments=rows, shown=shown,
    )  # fmt: skip


def name(called: str) -> str:
    """Of a strip's name: what stands there where it has none."""
    return _filled(_NAME, called=quoted(called))


def chosen_name() -> str:
    return _filled(_NAME, called="'ch ' .. self.parent.name")


def step(by: int) -> str:
    return _filled(_STEP, step=by)


def chooser(port: int, strips: tuple[int, ...]) -> str:
    """Of a page with the strip that is chosen."""
    return _filled(_CHOOSER, port=port, every=EVERY_MS, strips=", ".join(map(str, strips)))
