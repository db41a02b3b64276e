// Reads nodes with node-opcua: node read.cjs URL NODEID... prints one JSON line,
// [{value, status, source}] with the StatusCode as a number and the source time in RFC 3339.
const { AttributeIds, MessageSecurityMode, OPCUAClient, SecurityPolicy } = require("node-opcua-client");

async function main(url, nodes) {
  const client = OPCUAClient.create({
    endpointMustExist: false,
    securityMode: MessageSecurityMode.None,
    securityPolicy: SecurityPolicy.None,
    connectionStrategy: { maxRetry: 1 },
  });
  await client.connect(url);
  const session = await client.createSession();
  const read = await session.read(nodes.map((nodeId) => ({ nodeId, attributeId: AttributeIds.Value })));
  console.log(
    JSON.stringify(
      read.map((found) => ({
        value: found.value.value,
        status: found.statusCode.value,
        source: found.sourceTimestamp,
      })),
    ),
  );
  await session.close();
  await client.disconnect();
}

main(process.argv[2], process.argv.slice(3)).then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
