using Proxy.Configuration.Discovery;

namespace Proxy.Discovery.Tests.V3;

public sealed class GoogleGrpcTranslatorTests
{
    [TestCase("plane.test:18000", "plane.test", 18000)]
    [TestCase("dns:///plane.test:1", "plane.test", 1)]
    [TestCase("dns:plane.test", "plane.test", 443)]
    [TestCase("ipv4:10.0.0.1:5", "10.0.0.1", 5)]
    [TestCase("[2001:db8::1]:5", "[2001:db8::1]", 5)]
    [TestCase("[2001:db8::1]", "[2001:db8::1]", 443)]
    public void Target_OfEachForm(string uri, string host, int port)
    {
        Source($"target_uri: '{uri}', stat_prefix: p").Should().Be(new DirectTargetConfig(host, port, "p"));
    }

    [TestCase("target_uri: 'unix:/run/plane', stat_prefix: p", "unix:/run/plane is not supported")]
    [TestCase("target_uri: 'a:0', stat_prefix: p", "a:0 is not supported")]
    [TestCase("target_uri: 'a:b:c', stat_prefix: p", "a:b:c is not supported")]
    [TestCase("target_uri: 'a:1', stat_prefix: p, call_credentials: [{access_token: t}]", "needs channel_credentials.ssl_credentials")]
    [TestCase("target_uri: 'a:1', stat_prefix: p, channel_credentials: {ssl_credentials: {}}, call_credentials: [{access_token: t}, {access_token: u}]", "more than one")]
    [TestCase("target_uri: 'a:1', stat_prefix: p, channel_credentials: {ssl_credentials: {}}, call_credentials: [{access_token: \"a\\nb\"}]", "must not have line ends")]
    [TestCase("target_uri: 'a:1', stat_prefix: p, channel_credentials: {ssl_credentials: {private_key: {inline_string: k}}}", "go together")]
    [TestCase("target_uri: 'a:1', stat_prefix: p, channel_credentials: {google_default: {}}", "google_default: not supported yet")]
    [TestCase("target_uri: 'a:1', stat_prefix: p, call_credentials: [{google_compute_engine: {}}]", "google_compute_engine: not supported yet")]
    [TestCase("target_uri: 'a:1', stat_prefix: p, channel_args: {}", "channel_args: not supported yet")]
    [TestCase("target_uri: 'a:1'", "stat_prefix")]
    public void Setting_ThatCannotBe_IsRefusedByName(string settings, string fault)
    {
        Loading.Faults(Text(settings)).Should().Contain(found => found.Contains(fault));
    }

    [Test]
    public void Credentials_AreKept()
    {
        var direct = Source("target_uri: 'a:1', stat_prefix: p, channel_credentials: {ssl_credentials: {root_certs: {inline_string: r}}}, call_credentials: [{access_token: t}]");

        (direct.AccessToken, direct.Tls!.Roots!.Bytes.Count).Should().Be(("t", 1));
        direct.ToString().Should().NotContain("t,").And.Be("a:1");
    }

    private static DirectTargetConfig Source(string settings) =>
        ((ControlPlaneSourceConfig)Loading.Config(Text(settings)).Dynamic.Clusters!).ControlPlane.Targets[0].Direct!;

    private static string Text(string settings) =>
        "node: {id: a, cluster: c}\ndynamic_resources:\n  cds_config: {resource_api_version: V3, api_config_source: {api_type: GRPC, transport_api_version: V3, "
        + $"grpc_services: [{{google_grpc: {{{settings}}}}}]}}}}\n";
}
