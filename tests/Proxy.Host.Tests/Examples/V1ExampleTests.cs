using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Proxy.Host.Tests.Peers;
using static Proxy.Host.Tests.Examples.ExampleProxy;

namespace Proxy.Host.Tests.Examples;

/// <summary>The examples of docs/examples/V1, each as its readers run it.</summary>
[Category("Loopback")]
public sealed class V1ExampleTests
{
    private const string Edge = "tcp://127.0.0.1:10000";
    private const string Admin = "tcp://127.0.0.1:8001";
    private const string Service = "tcp://localhost:5000";

    [Test]
    public async Task HelloWorld_RewritesTheHost()
    {
        await using var upstream = await ExampleDiscovery.StartAsync();
        await using var proxy = await ExampleProxy.StartAsync("helloworld", Edge, "tcp://127.0.0.1:9901", ("tcp://baidu.com:80", Named(upstream.Host)));

        (await proxy.GetAsync("/")).Should().Be((HttpStatusCode.OK, $"www.baidu.com at {upstream.Host}\n"));
    }

    [Test]
    public async Task Sds_HostsComeWithoutARequest()
    {
        await using var discovery = await ExampleDiscovery.StartAsync();
        await using var proxy = await ExampleProxy.StartAsync("sds", Edge, Admin, (Service, Named(discovery.Port)));
        (await proxy.GetAsync("/lucky")).Should().Be((HttpStatusCode.ServiceUnavailable, "no healthy upstream"));
        (await proxy.GetAsync("/other")).Status.Should().Be(HttpStatusCode.NotFound);

        var calls = await discovery.CallsAsync();
        await discovery.PutAsync("/v1/registration/lucky", Hosts(discovery.Host));
        await WaitAsync(async () => await proxy.StatAsync("cluster.lucky.membership_total") == 1);

        (await discovery.CallsAsync()).Should().BeGreaterThan(calls, "the clock asks, not requests");
        (await proxy.GetAsync("/lucky")).Should().Be((HttpStatusCode.OK, Greeting(discovery.Host)));

        await discovery.PutAsync("/v1/registration/lucky", """{"hosts": [{"ip_address": "127.0.0.1"}]}""");
        await WaitAsync(async () => await proxy.StatAsync("cluster.lucky.update_failure") > 0);
        (await proxy.GetAsync("/lucky")).Status.Should().Be(HttpStatusCode.OK, "a bad answer changes nothing");

        await discovery.PutAsync("/v1/registration/lucky", """{"hosts": []}""");
        await proxy.WaitForAsync("/lucky", HttpStatusCode.ServiceUnavailable, "no healthy upstream");
    }

    [Test]
    public async Task Sds_ServiceSpeaksHttp2_IsAskedThatWay()
    {
        await using var upstream = await ExampleDiscovery.StartAsync();
        await using var discovery = await ExampleDiscovery.StartAsync("--Kestrel:EndpointDefaults:Protocols", "Http2");
        await using var proxy = await ExampleProxy.StartAsync("sds", Edge, Admin, (Service, Named(discovery.Port)), ("\"name\": \"lucky-sds\"", "\"features\": \"http2\", \"name\": \"lucky-sds\""));
        await discovery.PutAsync("/v1/registration/lucky", Hosts(upstream.Host), HttpVersion.Version20);

        await proxy.WaitForAsync("/lucky", HttpStatusCode.OK, Greeting(upstream.Host));
    }

    [Test]
    public async Task Sds_HostThatIsAbsent_StaysForAsLongAsItsChecksPass()
    {
        const string Check = """ "health_check": {"type": "http", "path": "/", "timeout_ms": 500, "interval_ms": 50, "unhealthy_threshold": 1, "healthy_threshold": 1}, "type": "sds" """;
        await using var discovery = await ExampleDiscovery.StartAsync();
        var upstream = await ExampleDiscovery.StartAsync();
        await discovery.PutAsync("/v1/registration/lucky", Hosts(discovery.Host));
        await using var proxy = await ExampleProxy.StartAsync("sds", Edge, Admin, (Service, Named(discovery.Port)), ("\"type\": \"sds\"", Check));
        await WaitAsync(async () => await proxy.StatAsync("cluster.lucky.membership_healthy") == 1);
        (await proxy.GetAsync("/lucky")).Status.Should().Be(HttpStatusCode.OK, "clusters without traffic are checked once a minute only");

        await discovery.PutAsync("/v1/registration/lucky", Hosts(discovery.Host, upstream.Host));
        await WaitAsync(async () => await proxy.StatAsync("cluster.lucky.membership_healthy") == 2);
        await discovery.PutAsync("/v1/registration/lucky", """{"hosts": []}""");
        var answers = await proxy.StatAsync("cluster.lucky.update_success");
        await WaitAsync(async () => await proxy.StatAsync("cluster.lucky.update_success") > answers + 2);
        (await proxy.StatAsync("cluster.lucky.membership_total")).Should().Be(2);

        await upstream.DisposeAsync();
        await WaitAsync(async () => await proxy.StatAsync("cluster.lucky.membership_total") == 1);
        (await proxy.GetAsync("/lucky")).Should().Be((HttpStatusCode.OK, Greeting(discovery.Host)));
    }

    [Test]
    public async Task Rds_RoutesComeAndGo()
    {
        await using var discovery = await ExampleDiscovery.StartAsync();
        await using var proxy = await ExampleProxy.StartAsync("rds", Edge, "tcp://127.0.0.1:15000", (Service, Named(discovery.Port)));
        (await proxy.GetAsync("/lucky")).Status.Should().Be(HttpStatusCode.NotFound);

        const string Table = """{"virtual_hosts": [{"name": "backend", "domains": ["*"], "routes": [{"prefix": "/lucky", "prefix_rewrite": "/", "cluster": "rds"}]}]}""";
        await discovery.PutAsync("/v1/routes/80/local/local", Table);
        await proxy.WaitForAsync("/lucky", HttpStatusCode.OK, Greeting(discovery.Port));
        (await proxy.StatAsync("http.http.rds.80.config_reload")).Should().BePositive();

        await discovery.PutAsync("/v1/routes/80/local/local", """{"virtual_hosts": []}""");
        await WaitAsync(async () => (await proxy.GetAsync("/lucky")).Status == HttpStatusCode.NotFound);
    }

    [Test]
    public async Task Cds_ClustersComeAndGo()
    {
        await using var discovery = await ExampleDiscovery.StartAsync();
        await using var proxy = await ExampleProxy.StartAsync("cds", Edge, Admin, (Service, Named(discovery.Port)));
        (await proxy.GetAsync("/lucky")).Status.Should().Be(HttpStatusCode.ServiceUnavailable, "the route is there, the cluster is not");

        await discovery.PutAsync("/v1/clusters/local/local", Cluster(discovery.Host, "round_robin"));
        await proxy.WaitForAsync("/lucky", HttpStatusCode.OK, Greeting(discovery.Host));
        await discovery.PutAsync("/v1/clusters/local/local", Cluster(discovery.Port, "random"));
        await proxy.WaitForAsync("/lucky", HttpStatusCode.OK, Greeting(discovery.Port));
        (await proxy.StatAsync("cluster_manager.cluster_added")).Should().Be(2, "one was there from the start");
        (await proxy.StatAsync("cluster_manager.cluster_modified")).Should().Be(1);

        await discovery.PutAsync("/v1/clusters/local/local", """{"clusters": []}""");
        await WaitAsync(async () => await proxy.StatAsync("cluster_manager.cluster_removed") == 1);
        (await proxy.GetAsync("/lucky")).Status.Should().Be(HttpStatusCode.ServiceUnavailable);
    }

    [Test]
    public async Task Lds_ListenersCome()
    {
        await using var discovery = await ExampleDiscovery.StartAsync();
        await using var proxy = await ExampleProxy.StartAsync("lds", Edge, Admin, (Service, Named(discovery.Port)), ("tcp://127.0.0.1:9999", Address(discovery.Host)));
        await proxy.Awaiting(static proxy => proxy.GetAsync("/")).Should().ThrowAsync<HttpRequestException>();

        var listeners = ExampleProxy.Read("configs/listeners.json").Replace(Edge, Address(proxy.Port), StringComparison.Ordinal);
        await discovery.PutAsync("/v1/listeners/local/local", listeners);
        await WaitAsync(async () => await proxy.StatAsync("listener_manager.total_listeners_active") == 1);
        (await proxy.GetAsync("/")).Should().Be((HttpStatusCode.OK, Greeting(discovery.Host)));

        await discovery.PutAsync("/v1/listeners/local/local", listeners.Replace("\"prefix\": \"/\"", "\"prefix\": \"/lucky\", \"prefix_rewrite\": \"/\"", StringComparison.Ordinal));
        await proxy.WaitForAsync("/lucky", HttpStatusCode.OK, Greeting(discovery.Host));
        (await proxy.GetAsync("/")).Status.Should().Be(HttpStatusCode.NotFound);
        (await proxy.StatAsync("listener_manager.lds.update_failure")).Should().Be(0);

        await discovery.PutAsync("/v1/listeners/local/local", listeners.Replace(Address(proxy.Port), Address(PeerProcess.FreePort()), StringComparison.Ordinal));
        await WaitAsync(async () => await proxy.StatAsync("listener_manager.lds.update_failure") > 0);
        (await proxy.GetAsync("/lucky")).Status.Should().Be(HttpStatusCode.OK, "a listener keeps its address");
    }

    [TestCase("edge")]
    [TestCase("edge-sds")]
    public async Task UserService_ThroughEdgeAndSidecar_KeepsUsers(string edge)
    {
        await using var database = await Postgres.StartAsync();
        var port = PeerProcess.FreePort();
        await using var service = await PeerProcess.StartAsync(
            port,
            "TERM",
            Path.Combine(AppContext.BaseDirectory, "UserService"),
            "--urls",
            string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"),
            "--database",
            string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={database.Port};Username=tester;Database=postgres"));
        await using var discovery = await ExampleDiscovery.StartAsync();
        await using var sidecar = await ExampleProxy.StartAsync("usersvc", "tcp://127.0.0.1:18080", "tcp://127.0.0.1:8002", ("tcp://127.0.0.1:5000", Address(port)));
        await discovery.PutAsync("/v1/registration/usersvc", Hosts(sidecar.Port));
        var where = edge == "edge" ? ("tcp://localhost:18080", Named(sidecar.Port)) : ("tcp://localhost:5001", Named(discovery.Port));
        await using var proxy = await ExampleProxy.StartAsync(edge, "tcp://127.0.0.1:8000", Admin, where);

        (await proxy.GetAsync("/user/health")).Body.Should().Contain("\"ok\":true");
        (await proxy.GetAsync("/user/alice")).Status.Should().Be(HttpStatusCode.NotFound);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{proxy.Port}") };
        (await client.PutAsJsonAsync("/user/alice", new { fullname = "Alice", email = "alice@example.com" })).StatusCode.Should().Be(HttpStatusCode.OK);

        (await proxy.GetAsync("/user/alice")).Body.Should().Contain("\"fullname\":\"Alice\"");
        (await database.QueryAsync(database.Port, "select email from users")).Should().Be("alice@example.com");
        (await proxy.StatAsync("cluster.usersvc.upstream_cx_http2_total")).Should().Be(1);
        (await proxy.GetAsync("/other")).Status.Should().Be(HttpStatusCode.NotFound);
    }

    private static string Named(int port) => string.Create(CultureInfo.InvariantCulture, $"tcp://localhost:{port}");

    private static string Greeting(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1 at {port}\n");

    private static string Hosts(params int[] ports) =>
        $$"""{"hosts": [{{string.Join(", ", ports.Select(static port => $$"""{"ip_address": "127.0.0.1", "port": {{port}} }"""))}}]}""";

    private static string Cluster(int port, string policy) =>
        $$$"""{"clusters": [{"name": "lucky", "type": "static", "lb_type": "{{{policy}}}", "connect_timeout_ms": 250, "hosts": [{"url": "{{{Address(port)}}}"}]}]}""";
}
