// A client on gRPC's library for Node: finds "xds:///main" through the control plane of GRPC_XDS_BOOTSTRAP and calls /test.Echo/Name once for each line it
// reads; prints the answer, or the error.
const readline = require('readline');
const grpc = require('@grpc/grpc-js');
require('@grpc/grpc-js-xds').register();

const bytes = (value) => Buffer.from(value);
const client = new grpc.Client('xds:///main', grpc.credentials.createInsecure());
const input = readline.createInterface({ input: process.stdin });
input.on('line', () => {
  const deadline = new Date(Date.now() + 20000);
  client.makeUnaryRequest('/test.Echo/Name', bytes, bytes, '', new grpc.Metadata({ waitForReady: true }), { deadline }, (error, answer) => {
    process.stdout.write((error ? 'error: ' + error.message : answer.toString()) + '\n');
  });
});
input.on('close', () => process.exit(0));
