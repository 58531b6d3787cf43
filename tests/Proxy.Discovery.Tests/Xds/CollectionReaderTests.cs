using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Listeners;
using Proxy.Discovery.Xds;
using Proxy.Discovery.Xds.Files;
using Proxy.Resources;

namespace Proxy.Discovery.Tests.Xds;

public sealed class CollectionReaderTests
{
    private const string Listener = """{"@type": type.googleapis.com/envoy.config.listener.v3.Listener, name: l, address: {socket_address: {address: 127.0.0.1, port_value: 80}}, filter_chains: [{filters: [{name: e, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo}}]}]}""";

    [Test]
    public void Read_GivesTheListenersInIt()
    {
        var update = Read("{inline_entry: {name: first, resource: " + Listener + "}}, {inline_entry: {name: second, version: '8', resource: " + Listener.Replace("name: l", "name: m", StringComparison.Ordinal) + "}}");

        update.Version.Should().Be("7");
        update.IsComplete.Should().BeTrue();
        update.Resources.Select(static one => (one.Name, one.Version)).Should().Equal(("l", "7"), ("m", "8"));
        update.Resources[0].Config.Should().BeOfType<ListenerConfig>();
    }

    [TestCase("{locator: {resource_type: envoy.config.listener.v3.Listener, id: x}}", "resource.entries[0].locator: resources elsewhere are not supported")]
    [TestCase("{inline_entry: {name: x}}", "resource.entries[0].inline_entry.resource: required")]
    [TestCase("{inline_entry: {name: 'a b'}}", "inline_entry.name")]
    [TestCase("{inline_entry: {name: x, resource: {'@type': type.googleapis.com/envoy.config.cluster.v3.Cluster, name: c}}}", "envoy.config.cluster.v3.Cluster instead of")]
    public void Read_WhatCannotWork_IsRefused(string entry, string fault)
    {
        FluentActions.Invoking(() => Read(entry)).Should().Throw<ConfigException>().WithMessage($"*{fault}*");
    }

    [TestCase("version: '7'", "resource: nothing instead of")]
    [TestCase("resource: {'@type': type.googleapis.com/envoy.config.cluster.v3.Cluster, name: c}", "envoy.config.cluster.v3.Cluster instead of")]
    public void Read_NoCollection_IsRefused(string text, string fault)
    {
        FluentActions.Invoking(() => ReadText(text)).Should().Throw<ConfigException>().WithMessage($"*{fault}*");
    }

    private static ResourceUpdate Read(string entries) =>
        ReadText("version: '7'\nresource: {'@type': type.googleapis.com/envoy.config.listener.v3.ListenerCollection, entries: [" + entries + "]}\n");

    private static ResourceUpdate ReadText(string text) => CollectionReader.Read(
        (ResourceReader.TryReadMessage("x.yaml", Encoding.UTF8.GetBytes(text), CollectionReader.WrapperName, UnknownFields.Ignored, out var broken)
            ?? throw ResourceReader.Exception(broken)).Span,
        UnknownFields.Ignored);
}
