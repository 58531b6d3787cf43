using Proxy.Discovery.Bootstrap;
using Proxy.Hosting;

namespace Proxy.Discovery.V3.Dump;

/// <summary>A <see cref="BootstrapDump"/> that reads the bootstrap when somebody asks for it: most proxies are never asked.</summary>
/// <param name="bootstrap">The bootstrap as it was read, as bytes.</param>
/// <param name="loadedAt">When it was read.</param>
internal sealed class PackedBootstrapDump(ReadOnlyMemory<byte> bootstrap, DateTimeOffset loadedAt) : IConfigDumpSource
{
    public ReadOnlyMemory<byte> Dump(ProxyServer? server, bool includeEndpoints) =>
        new BootstrapDump(BootstrapLoader.Parse(bootstrap), loadedAt).Dump(server, includeEndpoints);

    public ConfigDumpField? FindField(string message, string name) => BootstrapDump.Field(message, name);
}
