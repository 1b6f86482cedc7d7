// The same with npm's `osc-js` (WebsocketClientPlugin): node osc_js_talk.js HOST PORT
const OSC = require("osc-js");

const [host, port] = process.argv.slice(2);
const heard = [];
const osc = new OSC({ plugin: new OSC.WebsocketClientPlugin({ host, port: Number(port), secure: false }) });

osc.on("open", () => {
  const message = (address, ...values) => {
    const made = new OSC.Message(address);
    values.forEach((value) => made.add(value));
    return made;
  };
  osc.send(message("/ch/1/fader", -6.5));
  osc.send(message("/ch/1/fader"));
  osc.send(message("/subscribe", "/ch/2/mute"));
  osc.send(message("/meters/subscribe", "ch"));
});
osc.on("*", (message) => {
  if (!message.address) return;
  heard.push({ address: message.address, args: message.args });
  if (message.address === "/snapshot/end") process.stdout.write("subscribed\n");
  if (message.address === "/ch/2/mute" && heard.some((one) => one.address === "/snapshot/end") && heard.some((one) => one.address === "/meters/ch")) {
    process.stdout.write(JSON.stringify(heard) + "\n", () => process.exit(0));
  }
});
osc.on("error", (fault) => {
  console.error(fault);
  process.exit(1);
});
osc.open();
