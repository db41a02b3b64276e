// npm's modbus-serial under the loads of bench/modbus.py:
// node modbus_serial.cjs saturating|paced PORT CONNECTIONS REGISTERS SECONDS prints requests and CPU seconds.
// paced: each device every 250 ms, spread over it, its registers unpacked to floats as bench/modbus_load.py does.
const ModbusRTU = require("modbus-serial");
const CONNECTING_MS = 2000, PERIOD_MS = 250;

async function main(what, port, connections, registers, seconds) {
  let done = 0;
  const clients = [];
  for (let n = 0; n < connections; n++) {
    const client = new ModbusRTU();
    await client.connectTCP("127.0.0.1", { port });
    client.setID(1);
    client.setTimeout(5000);
    clients.push(client);
  }
  const values = new Array(registers / 2);
  const poll = async (client) => {
    const bytes = (await client.readHoldingRegisters(0, registers)).buffer;
    for (let k = 0; k < values.length; k++) values[k] = bytes.readFloatBE(4 * k);
    done++;
  };
  const again = async (client) => {
    for (;;) {
      await client.readHoldingRegisters(0, registers);
      done++;
    }
  };
  const failed = (error) => { console.error(error); process.exit(1); };
  clients.forEach((client, n) => {
    if (what === "saturating") again(client).catch(failed);
    else setTimeout(() => setInterval(() => poll(client).catch(failed), PERIOD_MS), (PERIOD_MS * n) / connections);
  });
  await new Promise((resolve) => setTimeout(resolve, CONNECTING_MS));
  const before = done, used = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  const spent = process.cpuUsage(used);
  console.log(done - before, (spent.user + spent.system) / 1e6);
  process.exit(0);
}

main(process.argv[2], ...process.argv.slice(3).map(Number));
