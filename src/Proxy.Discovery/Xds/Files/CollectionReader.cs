using Envoy.Config.Listener.V3;
using Proxy.Configuration;
using Proxy.Discovery.V3;
using Proxy.Resources;
using Xds.Core.V3;

namespace Proxy.Discovery.Xds.Files;

/// <summary>Reads collections: resources that stand in one another.</summary>
internal static class CollectionReader
{
    /// <summary>Full name of what a file with a collection has.</summary>
    public const string WrapperName = "envoy.service.discovery.v3.Resource";

    private const string CollectionUrl = ResourceType.UrlPrefix + "envoy.config.listener.v3.ListenerCollection";

    /// <summary>Reads a collection of listeners from the wire form of what it is wrapped in.</summary>
    /// <exception cref="ConfigException">It is none, or a resource in it breaks a rule.</exception>
    public static ResourceUpdate Read(ReadOnlySpan<byte> wire, UnknownFields unknown)
    {
        var wrapper = Envoy.Service.Discovery.V3.Resource.Parser.ParseFrom(wire);
        if (wrapper.Resource_?.TypeUrl != CollectionUrl)
        {
            throw new ConfigException("resource", $"{wrapper.Resource_?.TypeUrl ?? "nothing"} instead of {CollectionUrl}");
        }

        var entries = ListenerCollection.Parser.Read(wrapper.Resource_.Value).Entries;
        var resources = entries.Select((entry, i) => Wrap(entry, $"resource.entries[{i}]", wrapper.Version));
        var read = ResourceReader.Read(ResourceTypes.Of(ResourceKind.Listener), resources, unknown);
        return new ResourceUpdate(wrapper.Version, read.ConvertAll(static one => one.Resource)) { IsComplete = true };
    }

    // The listener's own name is what counts: that of the entry says which of a collection to pick.
    private static Envoy.Service.Discovery.V3.Resource Wrap(CollectionEntry entry, string path, string version)
    {
        if (entry.Locator is not null)
        {
            throw new ConfigException(path + ".locator", "resources elsewhere are not supported");
        }

        if (entry.InlineEntry?.Resource is not { } resource)
        {
            throw new ConfigException(path + ".inline_entry.resource", "required");
        }

        return new Envoy.Service.Discovery.V3.Resource { Version = entry.InlineEntry.Version.Length > 0 ? entry.InlineEntry.Version : version, Resource_ = resource };
    }
}
