using Proxy.Configuration.Discovery;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;

namespace Proxy.Discovery.Tests.V3;

/// <summary>Filters whose configuration comes from elsewhere.</summary>
public sealed class DiscoveredFilterTranslatorTests
{
    private const string Fault = "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault";
    private const string Source = "config_source: {api_config_source: {api_type: GRPC, transport_api_version: V3, grpc_services: [{envoy_grpc: {cluster_name: u}}]}}";

    [TestCase("type_urls: [" + Fault + "], apply_default_config_without_warming: true", "apply_default_config_without_warming: needs a default_config")]
    [TestCase("type_urls: [type.googleapis.com/what.is.This]", "type_urls[0]: extension what.is.This is not supported yet")]
    [TestCase("type_urls: [" + Fault + "], default_config: {\"@type\": type.googleapis.com/envoy.extensions.filters.http.grpc_web.v3.GrpcWeb}", "default_config: is envoy.extensions.filters.http.grpc_web.v3.GrpcWeb where envoy.extensions.filters.http.fault.v3.HTTPFault may stand")]
    public void Discovery_ThatCannotWork_IsRefused(string settings, string fault)
    {
        Loading.Faults(Text(settings)).Should().Contain(found => found.Contains(fault));
    }

    [Test]
    public void Discovery_IsTranslatedWithItsDefault()
    {
        var loaded = Loading.Load(Text($"type_urls: [{Fault}], default_config: {{\"@type\": {Fault}, delay: {{fixed_delay: 1s}}}}"));

        var filters = ((HttpConnectionManagerConfig)loaded.Config!.Listeners[0].FilterChains[0].Filters[0].Config).Filters;
        filters[0].Name.Should().Be("f");
        var discovery = filters[0].Config.Should().BeOfType<DiscoveredFilterConfig>().Subject;
        discovery.TypeNames.Should().Equal("envoy.extensions.filters.http.fault.v3.HTTPFault");
        discovery.Default.Should().BeOfType<FaultConfig>();
        discovery.StartsWithDefault.Should().BeFalse();
    }

    [Test]
    public void Discovery_OfAListenerFilter_IsTranslated()
    {
        const string Inspector = "type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector";
        var text = "node: {id: here, cluster: c}\n" + Loading.ManagerText("route_config: {}").Replace(
            "filter_chains:\n", "listener_filters: [{name: f, config_discovery: {" + Source + ", type_urls: [" + Inspector + "]}}]\n    filter_chains:\n", StringComparison.Ordinal);

        var filter = Loading.Load(text).Config!.Listeners[0].ListenerFilters.Should().ContainSingle().Subject;

        filter.Name.Should().Be("f");
        filter.Config.Should().BeOfType<DiscoveredFilterConfig>().Which.TypeNames.Should().Equal("envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector");
    }

    private static string Text(string settings) =>
        "node: {id: here, cluster: c}\n" + Loading.ManagerText("route_config: {}").Replace(
            "http_filters:\n", "http_filters:\n          - {name: f, config_discovery: {" + Source + ", " + settings + "}}\n", StringComparison.Ordinal);
}
