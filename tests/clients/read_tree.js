// Reads the tree of an OSCQuery server with npm's `oscquery`, and prints what that made of it: node read_tree.js HOST PORT
const { OSCQueryDiscovery } = require("oscquery");

const [host, port] = process.argv.slice(2);

new OSCQueryDiscovery().queryNewService(host, Number(port)).then(
  (service) => {
    const found = JSON.stringify({ info: service.hostInfo, methods: service.flat() });
    process.stdout.write(found, () => process.exit(0));
  },
  (fault) => {
    console.error(fault);
    process.exit(1);
  },
);
