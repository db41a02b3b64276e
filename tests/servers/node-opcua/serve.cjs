// An OPC UA server by node-opcua: node serve.cjs PORT NODES PKI [LIMIT], in the shape of tests/servers/opcua_plant.py.
// Secure endpoints (and one without security), anonymous, user hub with password s3cret, or any certificate.
// LIMIT: nodes or items in one service call.
// Variables s=v-0 … of namespace urn:test:plant, Double. Lines on stdin, each answered by one:
//   set N VALUE · bad N CODE · stamp N VALUE SECONDS · add NAME VALUE · remove NAME
//   burst N COUNT   (values 1..COUNT at once: more than a queue holds)
//   sweep VALUE     (every variable)   ·   every MS   (sweeps for ever; 0 stops)
//   drop            (closes every connection)
const path = require("node:path");
const readline = require("node:readline");
const {
  DataType, MessageSecurityMode, OPCUACertificateManager, OPCUAServer, SecurityPolicy, StatusCodes, Variant,
  coerceStatusCode,
} = (() => {
  const found = {};
  for (const name of ["server", "data-model", "variant", "status-code", "secure-channel", "certificate-manager", "service-endpoints"])
    Object.assign(found, require(`node-opcua-${name}`));
  return found;
})();

const [port, count, pki] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const limit = Number(process.argv[5] ?? 700);
const policies = ["None", "Basic256Sha256", "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss"];

async function main() {
  const certificates = (name) =>
    new OPCUACertificateManager({ automaticallyAcceptUnknownCertificate: true, rootFolder: path.join(pki, name) });
  const server = new OPCUAServer({
    port,
    resourcePath: "/plant",
    serverCertificateManager: certificates("server"),
    userCertificateManager: certificates("users"),
    securityPolicies: policies.map((name) => SecurityPolicy[name]),
    securityModes: [MessageSecurityMode.None, MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt],
    allowAnonymous: true,
    userManager: { isValidUser: (name, password) => name === "hub" && password === "s3cret" },
    serverInfo: { applicationUri: "urn:test:node-opcua" },
    serverCapabilities: { maxSessions: 20, operationLimits: { maxNodesPerRead: limit, maxMonitoredItemsPerCall: limit } },
  });
  await server.initialize();
  const space = server.engine.addressSpace;
  const namespace = space.registerNamespace("urn:test:plant");
  const variables = new Map();
  let folder;

  const put = (name, value, code = 0, seconds = 0) =>
    variables.get(name).setValueFromSource(
      new Variant({ dataType: DataType.Double, value }),
      coerceStatusCode(code),
      new Date(Date.now() + 1000 * seconds),
    );
  const add = (name, value) => {
    if (variables.size % 100 === 0 || !folder)
      folder = namespace.addFolder(space.rootFolder.objects, { browseName: `folder-${variables.size}` });
    variables.set(
      name,
      namespace.addVariable({ componentOf: folder, nodeId: `s=${name}`, browseName: name, dataType: "Double", minimumSamplingInterval: 0 }),
    );
    put(name, value);
  };
  for (let n = 0; n < count; n++) add(`v-${n}`, n);

  let sweeping, tick = 0;
  const sweep = (value) => { for (const name of variables.keys()) put(name, value); };
  const verbs = {
    set: (n, value) => put(`v-${n}`, Number(value)),
    bad: (n, code) => put(`v-${n}`, 0, parseInt(code, 16)),
    stamp: (n, value, seconds) => put(`v-${n}`, Number(value), 0, Number(seconds)),
    add: (name, value) => add(name, Number(value)),
    remove: (name) => { space.deleteNode(variables.get(name)); variables.delete(name); },
    burst: (n, many) => { for (let v = 1; v <= Number(many); v++) put(`v-${n}`, v); },
    sweep: (value) => sweep(Number(value)),
    every: (ms) => { clearInterval(sweeping); if (Number(ms)) sweeping = setInterval(() => sweep(++tick), Number(ms)); },
    drop: () => { for (const endpoint of server.endpoints) endpoint.abruptlyInterruptChannels(); },
  };
  await server.start();
  readline.createInterface({ input: process.stdin }).on("line", (line) => {
    const [verb, ...rest] = line.split(" ");
    verbs[verb](...rest);
    console.log("done");
  }).on("close", () => process.exit(0));
  console.log("ready");
}

main().catch((error) => { console.error(error); process.exit(1); });
