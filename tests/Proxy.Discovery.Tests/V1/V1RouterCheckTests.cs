using System.Text;
using System.Text.Json;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Http;
using Proxy.Discovery.V1.Rest;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Resources;
using Proxy.Routing;
using Proxy.Routing.Actions;
using Proxy.Stats;
using Proxy.Streams;
using Proxy.Workers.Simulated;

namespace Proxy.Discovery.Tests.V1;

/// <summary>Route tables from Envoy's router check, with the requests and the answers that it expects.</summary>
public sealed class V1RouterCheckTests
{
    // One pattern of a virtual cluster has what RE2 does not.
    private const string LookAhead = "(?!validate)";

    public static IEnumerable<TestCaseData> Requests =>
        from golden in V1Examples.All().Where(static name => name.EndsWith(".golden.json", StringComparison.Ordinal) && name.StartsWith("router-check/", StringComparison.Ordinal))
        from test in JsonDocument.Parse(V1Examples.Text(golden)).RootElement.EnumerateArray()
        select new TestCaseData(golden.Replace(".golden", "", StringComparison.Ordinal), test).SetName($"{Path.GetFileNameWithoutExtension(golden)}_{test.GetProperty("test_name").GetString()}");

    [TestCaseSource(nameof(Requests))]
    public void Request_GoesWhereItWentThen(string table, JsonElement test)
    {
        var input = test.GetProperty("input");
        var isTls = Is(input, "ssl");
        var request = Request(input, isTls);
        var query = new RouteQuery
        {
            Headers = request,
            Info = new StreamInfo(),
            IsTls = isTls,
            IsInternal = Is(input, "internal"),
            Random = input.TryGetProperty("random_value", out var random) ? random.GetUInt64() : 0,
        };
        var route = Load(table).Match(query);

        foreach (var expected in test.GetProperty("validate").EnumerateObject())
        {
            switch (expected.Name)
            {
                case "cluster_name":
                    ClusterOf(route, request).Should().Be(expected.Value.GetString());
                    break;
                case "virtual_host_name":
                    route!.VirtualHostName.Should().Be(expected.Value.GetString());
                    break;
                case "path_redirect":
                    LocationOf(route, request).Should().Be(expected.Value.GetString());
                    break;
                case "path_rewrite":
                    Rewritten(route, request, KnownHeader.Path).Should().Be(expected.Value.GetString());
                    break;
                case "host_rewrite":
                    Rewritten(route, request, KnownHeader.Authority).Should().Be(expected.Value.GetString());
                    break;
            }
        }
    }

    private static RouteTable Load(string name)
    {
        var source = new V1RestSourceConfig("c", TimeSpan.FromSeconds(1));
        var stats = new StatsStore();
        var counters = SubscriptionCounters.Create(stats, stats.CreateScope(), "x.", new SimulatedRuntime().Main);
        var text = Encoding.UTF8.GetBytes(V1Examples.Text(name).Replace(LookAhead, "", StringComparison.Ordinal));
        var answer = V1Answers.Read(new ResourceRequest(source, ResourceKind.Routes, ["r"], counters), source, "v", text, new V1Clusters());
        return RouteTable.Compile((RouteTableConfig)answer.Update.Resources[0].Config!, new RouteTableContext());
    }

    private static HeaderMap Request(JsonElement input, bool isTls)
    {
        var request = new HeaderMap();
        request.Add(KnownHeader.Method, Encoding.Latin1.GetBytes(input.TryGetProperty(":method", out var method) ? method.GetString()! : "GET"));
        request.Add(KnownHeader.Authority, Encoding.Latin1.GetBytes(input.GetProperty(":authority").GetString()!));
        request.Add(KnownHeader.Path, Encoding.Latin1.GetBytes(input.GetProperty(":path").GetString()!));
        var scheme = Encoding.Latin1.GetBytes(isTls ? "https" : "http");
        request.Add(KnownHeader.XForwardedProto, scheme);
        request.Add(KnownHeader.Scheme, scheme);
        foreach (var header in input.TryGetProperty("additional_headers", out var headers) ? headers.EnumerateArray() : default)
        {
            request.Add(Encoding.Latin1.GetBytes(header.GetProperty("field").GetString()!), Encoding.Latin1.GetBytes(header.GetProperty("value").GetString()!));
        }

        return request;
    }

    private static bool Is(JsonElement input, string name) => input.TryGetProperty(name, out var value) && value.GetBoolean();

    private static string ClusterOf(Route? route, HeaderMap request) => route?.Action is not ForwardAction forward ? ""
        : forward.ClusterHeader is { } header ? (header.TryGet(request, out var value) ? Encoding.Latin1.GetString(value) : "")
        : forward.Cluster!;

    private static string LocationOf(Route? route, HeaderMap request)
    {
        if (route?.Action is not RedirectAction redirect)
        {
            return "";
        }

        var writer = new FormatWriter();
        redirect.WriteLocation(request, writer);
        return Encoding.Latin1.GetString(writer.Written);
    }

    private static string Rewritten(Route? route, HeaderMap request, KnownHeader header)
    {
        if (route?.Action is not ForwardAction forward)
        {
            return "";
        }

        var scratch = new FormatWriter();
        foreach (var host in forward.HostRewrites)
        {
            host.Apply(request, forward.AppendForwardedHost, keepOriginal: true, scratch);
        }

        forward.PathRewrite?.Apply(request, keepOriginal: true, scratch);
        return Encoding.Latin1.GetString(request.Get(header));
    }
}
