using Proxy.Configuration.Clusters;
using Proxy.Discovery.Bootstrap;

namespace Proxy.Discovery.Tests.Bootstrap;

internal sealed class ConfigurationNodeReaderTests
{
    // JSON sources say nothing of {} but its key: once, the choice of HTTP/2 got lost so.
    [Test]
    public void Empty_IsWhatItsPlaceAsksFor()
    {
        const string Text =
            """
            {"static_resources": {"listeners": [], "clusters": [{
              "name": "c", "alt_stat_name": "", "health_checks": [], "metadata": {"filter_metadata": {}},
              "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions", "explicit_http_config": {"http2_protocol_options": {}}}}}]}}
            """;

        var result = BootstrapLoader.Load(ConfigurationKeys.Of(Text), new BootstrapOptions());

        result.Faults.Should().BeEmpty();
        result.Config!.Clusters[0].Http.Protocol.Should().Be(UpstreamProtocol.Http2);
    }

    [Test]
    public void Faults_AreInTheOrderOfTheKeys()
    {
        BootstrapLoader.Load(ConfigurationKeys.Of("""{"b": 1, "admin": {"a": "x"}, "static_resources": {"clusters": [{}]}}"""), new BootstrapOptions()).Faults.Select(static fault => fault.ToString())
            .Should().Equal("proxy admin.a: unknown field", "proxy b: unknown field", "proxy static_resources.clusters[0].name: required (a string that is not empty)");
    }
}
