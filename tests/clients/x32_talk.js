// A client of the X32's with npm's `osc` or `node-osc`: node x32_talk.js LIBRARY HOST PORT; asks /xremote and /info, prints
// each message as JSON [address, value], and sends those that stdin gives in the same form.
const readline = require("readline");

const [library, host, port] = process.argv.slice(2);
const say = (address, value) => process.stdout.write(JSON.stringify([address, value]) + "\n");
let send;
if (library === "osc") {
  const osc = require("osc");
  const link = new osc.UDPPort({ localAddress: "127.0.0.1", localPort: 0, remoteAddress: host, remotePort: Number(port), metadata: true });
  const tag = (value) => ({ type: typeof value === "string" ? "s" : Number.isInteger(value) ? "i" : "f", value });
  send = (address, ...values) => link.send({ address, args: values.map(tag) });
  link.on("message", (one) => say(one.address, one.args[0] && one.args[0].value));
  link.on("ready", begin);
  link.open();
} else {
  // its server and its client have a socket each: the desk answers where a message came from, so both share one
  const { Server, Client } = require("node-osc");
  const server = new Server(0, "127.0.0.1", () => {
    const client = new Client(host, Number(port));
    client._sock.close();
    client._sock = server._sock;
    send = (...words) => client.send(...words);
    begin();
  });
  server.on("message", ([address, value]) => say(address, value));
}
function begin() {
  send("/xremote");
  send("/info"); // who hears its answer knows that the wish has come too
  readline.createInterface({ input: process.stdin }).on("line", (line) => send(...JSON.parse(line)));
}
