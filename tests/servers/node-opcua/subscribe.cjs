// node-opcua's client under load: node subscribe.cjs URL ITEMS SECONDS PUBLISH_MS SAMPLING_MS prints one JSON line,
// {notifications, cpu_s, seconds} of that time after every item has reported once.
const found = {};
for (const name of ["client", "data-model", "service-read", "service-subscription"]) Object.assign(found, require(`node-opcua-${name}`));
const { AttributeIds, ClientMonitoredItemGroup, MessageSecurityMode, OPCUAClient, SecurityPolicy, TimestampsToReturn } = found;

async function main(url, items, seconds, publish, sampling) {
  const client = OPCUAClient.create({
    endpointMustExist: false,
    securityMode: MessageSecurityMode.None,
    securityPolicy: SecurityPolicy.None,
  });
  await client.connect(url);
  const session = await client.createSession();
  const spaces = await session.readNamespaceArray();
  const space = spaces.indexOf("urn:test:plant");
  const subscription = await session.createSubscription2({
    requestedPublishingInterval: publish,
    requestedMaxKeepAliveCount: 50,
    requestedLifetimeCount: 600,
    maxNotificationsPerPublish: 0,
    publishingEnabled: true,
  });
  let heard = 0;
  for (let start = 0; start < items; start += 500) {
    const some = [];
    for (let n = start; n < Math.min(items, start + 500); n++)
      some.push({ nodeId: `ns=${space};s=v-${n}`, attributeId: AttributeIds.Value });
    const group = ClientMonitoredItemGroup.create(
      subscription, some, { samplingInterval: sampling, discardOldest: true, queueSize: 10 }, TimestampsToReturn.Both,
    );
    group.on("changed", () => heard++);
    await new Promise((resolve) => group.once("initialized", resolve));
  }
  while (heard < items) await new Promise((resolve) => setTimeout(resolve, 100));
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const [before, cpu, started] = [heard, process.cpuUsage(), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  const used = process.cpuUsage(cpu);
  console.log(JSON.stringify({
    notifications: heard - before,
    cpu_s: (used.user + used.system) / 1e6,
    seconds: (performance.now() - started) / 1000,
  }));
  process.exit(0);
}

main(process.argv[2], ...process.argv.slice(3).map(Number)).catch((error) => { console.error(error); process.exit(1); });
