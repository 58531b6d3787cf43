using System.Text;
using System.Text.Json;
using Proxy.Discovery.Bootstrap;
using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.V1;
using static Proxy.Discovery.Tests.V1.V1Loading;

namespace Proxy.Discovery.Tests.V1;

/// <summary>Parts of configurations from Envoy's unit tests, which say of each whether it is taken.</summary>
public sealed class V1FragmentTests
{
    private const string Limits = """ "rate_limit_service": {"type": "grpc_service", "config": {"cluster_name": "c"}} """;
    private const string Empty = """{"virtual_hosts": []}""";

    // What became of these elsewhere, by the fragment's id without its number.
    private static readonly Dictionary<string, string> Differing = new()
    {
        ["RouteMatcherTest.TestBadDefaultConfig"] = "unknown clusters are found in the v3 that is made",
        ["RouteMatcherTest.ClusterNotFound"] = "unknown clusters are found in the v3 that is made",
        ["RouteMatcherTest.TestWeightedClusterInvalidClusterName"] = "unknown clusters are found in the v3 that is made",
        ["LdsApiTest.UnknownCluster"] = "unknown clusters are found in the v3 that is made",
        ["RdsImplTest.UnknownCluster"] = "unknown clusters are found in the v3 that is made",
        ["LdsApiTest.BadLocalInfo"] = "who this node is, is found in the v3 that is made",
        ["CustomRequestHeadersTest.CustomHeaderWrongFormat"] = "formats are read in the v3 that is made",
        ["ListenerManagerImplTest.CantBindSocket"] = "the test was about a socket",
        ["ConfigurationImplTest.ServiceClusterNotSetWhenLSTracing"] = "the driver is gone",
        ["ConfigurationImplTest.ConfigurationFailsWhenInvalidTracerSpecified"] = "the test named another driver later",
        ["ConfigurationImplTest.StatsSinkWithInvalidName"] = "the test named a sink later",
        ["ConfigurationImplTest.StatsSinkWithNoName"] = "the test named a sink later",
        ["ConfigurationImplTest.NullTracerSetWhenHttpKeyAbsentFromTracerConfiguration"] = "unknown keys are refused here too",
        ["RedisProxyFilterConfigTest.InvalidCluster"] = "the cluster is there in these tests",
        ["RedisProxyFilterConfigTest.InvalidAddedByApi"] = "the test was about another cluster's origin",
        ["TcpProxyTest.AccessLogBytesRxTxDuration"] = "more ports than filter chains are made for",
        ["TcpProxyConfigTest.Routes"] = "routes whose order decides",
        ["FaultFilterBadConfigTest.EmptyDownstreamNodes"] = "the test says that it is refused",
        ["FaultFilterBadConfigTest.MissingHTTPStatus"] = "the test says that it is refused",
        ["FaultFilterBadConfigTest.BadDelayType"] = "the test says that it is refused",
        ["FaultFilterBadConfigTest.MissingDelayDuration"] = "the test says that it is refused",
    };

    public static IEnumerable<TestCaseData> Fragments =>
        from line in File.ReadLines(Path.Combine(TestContext.CurrentContext.TestDirectory, "V1", "Examples", "unit-test-fragments.jsonl"))
        let fragment = JsonDocument.Parse(line).RootElement
        let whole = Whole(fragment.GetProperty("from").GetString()!, fragment.GetProperty("json"))
        where whole is not null && !Differing.ContainsKey(fragment.GetProperty("id").GetString()!.Split('#')[0])
        select new TestCaseData(whole, fragment.GetProperty("rejected").GetBoolean(), fragment.GetProperty("message").ToString()).SetName("Fragment_" + fragment.GetProperty("id"));

    [TestCaseSource(nameof(Fragments))]
    public void Fragment_IsTakenOrRefusedAsByEnvoy(string text, bool isRefused, string message)
    {
        var faults = new FaultList();
        V1Bootstrap.Translate(ConfigText.Parse("v1.json", Encoding.UTF8.GetBytes(text), faults)!, faults);

        var errors = string.Join('\n', faults.Sorted().Where(static fault => fault.Severity == FaultSeverity.Error));
        (errors.Length > 0).Should().Be(isRefused, $"{message}\n{errors}\n{text}");
    }

    private static string? Whole(string from, JsonElement json)
    {
        var text = json.ValueKind == JsonValueKind.String ? json.GetString()! : json.GetRawText();
        using var document = JsonDocument.Parse(text);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var keys = document.RootElement.EnumerateObject().Select(static entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        return keys switch
        {
            _ when keys.Contains("cluster_manager") => text,
            _ when keys.Contains("virtual_hosts") => Manager($""" "route_config": {text} """),
            _ when keys.Contains("codec_type") => Text(Listener(Named("http_connection_manager", text))),
            _ when keys.Contains("connect_timeout_ms") => Text(clusters: text),
            _ when keys.Contains("healthy_threshold") => ClusterWith($""" "health_check": {text} """),
            _ when keys.Contains("conn_pool") || from == "proxy_filter_test.cc" => Text(Listener(Named("redis_proxy", text.Replace("fake_cluster", "c", StringComparison.Ordinal)))),
            _ when keys.Contains("route_config") => Text(Listener(Named("tcp_proxy", text))),
            _ when keys.Contains("descriptors") => Text(Listener(Named("ratelimit", text)), top: Limits),
            _ when keys.Contains("domain") => Filter("rate_limit", text),
            _ when keys.Contains("path") => Manager($""" "route_config": {Empty}, "access_log": [{text}] """),
            _ when keys.Contains("route_config_name") => Manager($""" "rds": {text} """),
            _ when keys.Contains("refresh_delay_ms") => Text(top: $""" "lds": {text} """),
            _ when keys.Contains("address") => Text(text),
            _ when keys.Contains("abort") || from == "fault_filter_test.cc" => Filter("fault", text),
            _ when keys.Contains("endpoint") => Filter("health_check", text),
            _ when keys.Contains("inline_code") => Filter("lua", text),
            _ when keys.Contains("max_request_bytes") => Filter("buffer", text),
            _ => null,
        };
    }

    private static string Named(string name, string config) => $$"""{"name": "{{name}}", "config": {{config}} }""";

    private static string Filter(string name, string config) => Manager($""" "route_config": {Empty} """, Named(name, config) + ", " + Router);
}
