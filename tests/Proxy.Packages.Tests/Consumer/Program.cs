// An Envoy bootstrap from IConfiguration, a filter of the application's own, and a request over an in-memory connection: packages only, no sockets.
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Streams;
using Proxy.Testing;

const string Manager = "static_resources:listeners:0:filter_chains:0:filters:0:typed_config:";
const string Filters = "type.googleapis.com/envoy.extensions.filters.";
var settings = new Dictionary<string, string?>
{
    ["static_resources:listeners:0:name"] = "ingress",
    ["static_resources:listeners:0:address:socket_address:address"] = "127.0.0.1",
    ["static_resources:listeners:0:address:socket_address:port_value"] = "10000",
    ["static_resources:listeners:0:filter_chains:0:filters:0:name"] = "http",
    [Manager + "@type"] = Filters + "network.http_connection_manager.v3.HttpConnectionManager",
    [Manager + "stat_prefix"] = "ingress",
    [Manager + "http_filters:0:name"] = "router",
    [Manager + "http_filters:0:typed_config:@type"] = Filters + "http.router.v3.Router",
    [Manager + "route_config:virtual_hosts:0:name"] = "all",
    [Manager + "route_config:virtual_hosts:0:domains:0"] = "*",
    [Manager + "route_config:virtual_hosts:0:routes:0:match:prefix"] = "/",
    [Manager + "route_config:virtual_hosts:0:routes:0:direct_response:status"] = "200",
    [Manager + "route_config:virtual_hosts:0:routes:0:direct_response:body:inline_string"] = "from the packages",
};
var services = new ServiceCollection();
services.AddProxy().AddFilters().AddBootstrap(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());

using var provider = services.BuildServiceProvider();
using var proxy = TestProxy.Start(provider);
var client = proxy.Connect(new IPEndPoint(IPAddress.Loopback, 10000)).Send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
Console.WriteLine(client.Text);
Console.WriteLine(typeof(HttpFilter).Assembly.GetName().Name);
