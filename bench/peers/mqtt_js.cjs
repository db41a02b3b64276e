// npm's mqtt.js as bench/mqtt_load.py's other subscribers: node mqtt_js.cjs PORT SECONDS FILTER FIRST prints `ready`,
// then one JSON line, {messages, us}: CPU microseconds a message from the FIRST on to the last. QoS 1, JSON decoded.
const mqtt = require("mqtt");
const [port, seconds, filter, first] = process.argv.slice(2);
const cpu = () => { const used = process.cpuUsage(); return used.user + used.system; };
let heard = 0, at = 0, began = 0, last = { heard: 0, cpu: 0 };

const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { clientId: "mqtt.js", protocolVersion: 4 });
client.on("message", (topic, payload) => {
  JSON.parse(payload);
  heard++;
  if (heard === Number(first)) [at, began] = [heard, cpu()];
  if (heard % 100 === 0) last = { heard, cpu: cpu() };
});
client.on("connect", () => client.subscribe(filter, { qos: 1 }, () => console.log("ready")));
setTimeout(() => {
  console.log(JSON.stringify({ messages: heard, us: (last.cpu - began) / (last.heard - at) }));
  process.exit(0);
}, 1000 * Number(seconds));
