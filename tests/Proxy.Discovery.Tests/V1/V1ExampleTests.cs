using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.Tests.V1;

public sealed class V1ExampleTests
{
    // What this proxy does not have yet, as the last step of the path that is refused.
    private static readonly Dictionary<string, string> Reasons = new()
    {
        ["tracing"] = "nothing traces yet",
        ["rate_limits"] = "there is no rate limit filter yet",
        ["config"] = "a filter is not there yet: buffer, rate limits, Lua, DynamoDB, mongo, client_ssl_auth",
        ["statsd_tcp_cluster_name"] = "there are no stats sinks yet",
        ["statsd_udp_ip_address"] = "there are no stats sinks yet",
        ["use_original_dst"] = "listeners do not hand connections on yet",
        ["verify_certificate_hash"] = "[YOUR HASH] is a blank to be filled in",
        ["filters"] = "client_ssl_auth after tcp_proxy would never have run",
    };

    private static readonly Dictionary<string, string[]> Refused = new()
    {
        ["envoy-1.3-generated/envoy_front_proxy.json"] = ["tracing", "rate_limits", "config", "verify_certificate_hash", "statsd_tcp_cluster_name"],
        ["envoy-1.5-generated/envoy_front_proxy.json"] = ["tracing", "rate_limits", "config", "verify_certificate_hash", "statsd_tcp_cluster_name"],
        ["envoy-1.5-generated/envoy_service_to_service.json"] = ["tracing", "rate_limits", "config", "statsd_tcp_cluster_name"],
        ["envoy-1.5-tests/echo_server.json"] = ["use_original_dst"],
        ["envoy-1.5-tests/server.json"] = ["config", "statsd_udp_ip_address"],
        ["envoy-1.5-tests/server_cors_filter.json"] = ["config", "statsd_udp_ip_address"],
        ["envoy-1.5-tests/server_http2.json"] = ["config", "statsd_udp_ip_address"],
        ["envoy-1.5-tests/server_ssl.json"] = ["statsd_udp_ip_address"],
        ["envoy-1.5-tests/server_uds.json"] = ["statsd_udp_ip_address"],
        ["envoy-1.5-tests/tcp_proxy.json"] = ["filters", "config", "statsd_udp_ip_address"],
        ["envoy-1.5/original_dst_proxy.json"] = ["use_original_dst"],
        ["envoy-1.5/zipkin.front-envoy.json"] = ["tracing"],
        ["envoy-1.5/zipkin.service1-envoy.json"] = ["tracing"],
        ["istio-bootstrap/envoy-pilot.json"] = ["statsd_udp_ip_address"],
        ["istio-bootstrap/envoy-sidecar.json"] = ["statsd_udp_ip_address"],
    };

    public static IEnumerable<string> Configurations => V1Examples.Configurations;

    [TestCaseSource(nameof(Configurations))]
    public void Configuration_OfOthers_LoadsOrIsRefusedForWhatIsNotThereYet(string name)
    {
        var result = V1Examples.Load(name, V1Examples.Bytes(name));

        var errors = result.Faults.Where(static fault => fault.Severity == FaultSeverity.Error).ToList();
        errors.Select(static fault => fault.Position.Line).Should().NotContain(0);
        errors.Select(static fault => Last(fault.Path)).Distinct().Should().BeSubsetOf(Refused.GetValueOrDefault(name) ?? [], string.Join('\n', errors)); // fewer, once more is there
        (result.Config is null).Should().Be(errors.Count > 0);
    }

    [Test]
    public void Refusals_HaveReasons()
    {
        Refused.Values.SelectMany(static names => names).Distinct().Should().BeEquivalentTo(Reasons.Keys);
        Refused.Keys.Should().BeSubsetOf(Configurations);
    }

    [TestCaseSource(nameof(Configurations))]
    public void Conversion_ReadBack_MeansTheSame(string name)
    {
        var conversion = V1Conversion.Convert(name, V1Examples.Bytes(name));

        conversion.Faults.Should().NotContain(static fault => fault.Severity == FaultSeverity.Error);
        var yaml = System.Text.Encoding.UTF8.GetBytes(conversion.Yaml!);
        NodeText.Of(Parse("v3.yaml", yaml)).Should().Be(NodeText.Of(V1Bootstrap.Translate(Parse(name, V1Examples.Bytes(name)), new FaultList())!));
        var (first, second) = (V1Examples.Load(name, V1Examples.Bytes(name)), V1Examples.Load("v3.yaml", yaml));
        second.Message.Should().Be(first.Message);
        (second.Config == first.Config).Should().BeTrue();
    }

    private static ConfigNode Parse(string name, byte[] text)
    {
        var faults = new FaultList();
        var node = Proxy.Discovery.Bootstrap.ConfigText.Parse(name, text, faults);
        faults.HasErrors.Should().BeFalse();
        return node!;
    }

    private static string Last(string path)
    {
        var name = path[(path.LastIndexOf('.') + 1)..];
        return name.Contains('[', StringComparison.Ordinal) ? name[..name.IndexOf('[', StringComparison.Ordinal)] : name;
    }
}
