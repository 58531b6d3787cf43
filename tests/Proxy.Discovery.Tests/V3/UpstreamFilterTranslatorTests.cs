using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;

namespace Proxy.Discovery.Tests.V3;

internal sealed class UpstreamFilterTranslatorTests
{
    private const string Edits =
        """{name: edits, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation}}""";

    private const string Codec =
        """{name: codec, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec}}""";

    private const string Router =
        """{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}""";

    private const string Echo =
        """{name: grpc, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.grpc_web.v3.GrpcWeb}}""";

    private static readonly FilterConfig Translated = new("edits", new HeaderMutationFilterConfig(new HeaderMutationSet()));

    [Test]
    public void Cluster_Filters_AreKeptWithoutTheCodec()
    {
        Loading.Config(ClusterText($"{Edits}, {Codec}")).Clusters.Should().ContainSingle().Which.Http.Filters.Should().Equal(Translated);
    }

    [Test]
    public void Cluster_CodecAlone_IsNoFilter() => Loading.Config(ClusterText(Codec)).Clusters[0].Http.Filters.Should().BeEmpty();

    [TestCase(Edits, "http_filters[0]: cannot be the last HTTP filter")]
    [TestCase(Codec + ", " + Codec, "http_filters[0]: must be the last HTTP filter")]
    [TestCase(Echo + ", " + Codec, "http_filters[0].typed_config.@type: envoy.extensions.filters.http.grpc_web.v3.GrpcWeb cannot be used here")]
    [TestCase(Router, "http_filters[0].typed_config.@type: envoy.extensions.filters.http.router.v3.Router cannot be used here")]
    public void Cluster_WhatCannotStandThere_IsRefused(string filters, string fault)
    {
        Loading.Faults(ClusterText(filters)).Should().ContainSingle().Which.Should().Contain(fault);
    }

    [Test]
    public void Router_Filters_AreKept()
    {
        var manager = Loading.Config(Loading.ManagerText("route_config: {}").Replace(
            "router.v3.Router}", $"router.v3.Router, upstream_http_filters: [{Edits}, {Codec}]}}", StringComparison.Ordinal));
        ((HttpConnectionManagerConfig)manager.Listeners[0].FilterChains[0].Filters[0].Config).Filters[0].Config
            .Should().Be(new RouterConfig { UpstreamFilters = [Translated] });
    }

    [Test]
    public void Manager_CodecForUpstreams_IsRefused()
    {
        Loading.Faults(Loading.ManagerText("route_config: {}").Replace("router.v3.Router", "upstream_codec.v3.UpstreamCodec", StringComparison.Ordinal))
            .Should().ContainSingle().Which.Should().Contain("cannot be used here");
    }

    [Test]
    public void Upgrade_Filters_AreKept()
    {
        Loading.Manager($"route_config: {{}}\nupgrade_configs: [{{upgrade_type: websocket, filters: [{Edits}, {Router}]}}]").Upgrades
            .Should().ContainSingle().Which.Filters.Should().Equal(Translated, new FilterConfig("router", new RouterConfig()));
    }

    private static string ClusterText(string filters) => Loading.ClusterText(
        $$"""
        typed_extension_protocol_options:
          envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
            "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
            explicit_http_config: { http_protocol_options: { } }
            http_filters: [{{filters}}]
        """);
}
