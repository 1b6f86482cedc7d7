// Sets, asks, subscribes and hears with npm's `osc` (WebSocketPort): node osc_talk.js HOST PORT; prints what came, as JSON.
const osc = require("osc");

const [host, port] = process.argv.slice(2);
const heard = [];
const link = new osc.WebSocketPort({ url: `ws://${host}:${port}/`, metadata: true });

link.on("ready", () => {
  link.send({ address: "/ch/1/fader", args: [{ type: "f", value: -6.5 }] });
  link.send({ address: "/ch/1/fader", args: [] });
  link.send({ address: "/subscribe", args: [{ type: "s", value: "/ch/2/mute" }, { type: "f", value: 60 }] });
  link.send({ address: "/meters/subscribe", args: [{ type: "s", value: "ch" }, { type: "f", value: 50 }] });
});
link.on("message", (message) => {
  heard.push({ address: message.address, args: message.args.map((one) => one.value) });
  if (message.address === "/snapshot/end") process.stdout.write("subscribed\n");
  if (message.address === "/ch/2/mute" && heard.some((one) => one.address === "/snapshot/end") && heard.some((one) => one.address === "/meters/ch")) {
    process.stdout.write(JSON.stringify(heard) + "\n", () => process.exit(0));
  }
});
link.on("error", (fault) => {
  console.error(fault);
  process.exit(1);
});
link.open();
