// npm's x32-osc, unmodified, against a desk: node x32_console.js ADDRESS [QUICK]; its port is 10023.  Says "ready" once it
// has the whole state, then does what each line of stdin asks for, and answers a line of JSON.  QUICK: its own waits of
// some ms between two steps are cut to one.
const fs = require("fs");
const readline = require("readline");

const [address, quick] = process.argv.slice(2);
const wait = globalThis.setTimeout;
if (quick) globalThis.setTimeout = (fn, ms, ...more) => wait(fn, ms < 1000 ? 0 : ms, ...more);
const { X32 } = require("x32-osc");
const { x32NodeStructure: structure } = require("x32-osc/x32definitions");

const say = (what) => process.stdout.write(JSON.stringify(what) + "\n");
console.log = () => {}; // its walk tells of each leaf
console.error = (...words) => say({ stderr: words.join(" ") });
const x32 = new X32(address, 50);
const meters = {};
x32.on("error", (fault) => say({ error: String(fault) }));
x32.on("meter", (one) => { meters[one.number] = one.meters; });
x32.on("ready", () => say({ ready: [x32.model, x32.firmwareVersion] }));

const at = (path) => path.split("/").reduce((node, part) => node[part], x32.OSC);
const deeds = {
  set: (path, value) => { const parts = path.split("/"), last = parts.pop(); at(parts.join("/"))[last] = value; return true; },
  get: (path) => at(path),
  meters: () => meters,
  listen: (...blocks) => { x32.meterSubscriptions = blocks; return true; },
  diff: (file) => x32.getDiff(X32.x32FromText(fs.readFileSync(file))),
  walk: () => x32.testX32NodeStructure(),
  parts: () => Object.keys(structure),
  effects: () => structure.fx["'4"].type._enum,
  walk_part: (part) => x32._testTree(structure[part], `/${part}`),
  walk_effect: async (type) => { await x32._setOSC("/fx/4/type", type); return x32._testTree(structure.fx["'4"], "/fx/4", true); },
  end: () => { x32.close(); wait(() => process.exit(0), 50); return true; },
};
readline.createInterface({ input: process.stdin }).on("line", async (line) => {
  const [deed, ...words] = JSON.parse(line);
  try { say({ [deed]: await deeds[deed](...words) }); } catch (fault) { say({ failed: `${deed}: ${fault}` }); }
});
