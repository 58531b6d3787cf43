// A control plane on gRPC's library for Node: serves what it reads on standard input over aggregated streams of both variants.
//   in:  one JSON object a line: {"version": "1", "type": "envoy....Cluster", "resources": {"name": {"@type": ..., ...}}}
//   out: one JSON object a line: {"port": 1234} first, then what the proxy says: {"type", "version", "nonce", "names", "error"}
const path = require('path');
const readline = require('readline');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const deps = path.join(__dirname, 'node_modules/@grpc/grpc-js-xds/deps');
const definition = loader.loadSync([
  'envoy/service/discovery/v3/ads.proto',
  'envoy/config/cluster/v3/cluster.proto',
  'envoy/config/endpoint/v3/endpoint.proto',
  'envoy/config/listener/v3/listener.proto',
  'envoy/config/route/v3/route.proto',
  'envoy/extensions/filters/http/router/v3/router.proto',
  'envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto',
], {
  keepCase: true,
  includeDirs: ['envoy-api', 'googleapis', 'protoc-gen-validate', 'xds'].map((name) => path.join(deps, name)),
});
const discovery = grpc.loadPackageDefinition(definition).envoy.service.discovery.v3.AggregatedDiscoveryService;

const snapshots = new Map();
const streams = new Set();
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');
const typeOf = (url) => url.slice(url.lastIndexOf('/') + 1);
const urlOf = (type) => 'type.googleapis.com/' + type;

class Stream {
  constructor(call, incremental) {
    this.call = call;
    this.incremental = incremental;
    this.wanted = new Map(); // type -> names; none for all
    this.told = new Map(); // type -> version, or type/name -> version
    this.nonces = 0;
    streams.add(this);
    call.on('data', (request) => this.take(request));
    call.on('end', () => call.end());
    call.on('close', () => streams.delete(this));
    call.on('error', () => streams.delete(this));
  }

  take(request) {
    const type = typeOf(request.type_url);
    const names = new Set(this.incremental ? this.wanted.get(type) : request.resource_names);
    for (const name of request.resource_names_subscribe || []) names.add(name);
    for (const name of request.resource_names_unsubscribe || []) names.delete(name);
    const grown = [...names].some((name) => !this.wanted.get(type)?.has(name));
    this.wanted.set(type, names);
    say({ type, version: request.version_info || '', nonce: request.response_nonce, names: [...names], error: request.error_detail?.message });
    this.offer(type, grown);
  }

  offer(type, grown) {
    const snapshot = snapshots.get(type);
    if (!snapshot || !this.wanted.has(type)) return;
    const names = this.wanted.get(type);
    const found = Object.entries(snapshot.resources).filter(([name]) => names.size === 0 || names.has('*') || names.has(name));
    const answer = { type_url: urlOf(type), nonce: `${++this.nonces}` };
    if (this.incremental) {
      const fresh = found.filter(([name]) => this.told.get(type + '/' + name) !== snapshot.version);
      if (fresh.length === 0) return;
      fresh.forEach(([name]) => this.told.set(type + '/' + name, snapshot.version));
      this.call.write({ ...answer, system_version_info: snapshot.version, resources: fresh.map(([name, resource]) => ({ name, version: snapshot.version, resource })) });
    } else if (grown || this.told.get(type) !== snapshot.version) {
      this.told.set(type, snapshot.version);
      this.call.write({ ...answer, version_info: snapshot.version, resources: found.map(([, resource]) => resource) });
    }
  }
}

const server = new grpc.Server();
server.addService(discovery.service, {
  StreamAggregatedResources: (call) => new Stream(call, false),
  DeltaAggregatedResources: (call) => new Stream(call, true),
});
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  say({ port });
});
const input = readline.createInterface({ input: process.stdin });
input.on('line', (line) => {
  const { type, version, resources } = JSON.parse(line);
  snapshots.set(type, { version, resources });
  streams.forEach((stream) => stream.offer(type, false));
});
input.on('close', () => process.exit(0));
