namespace Proxy.Hosting;

/// <summary>Shows the configuration that runs in its own language; found in DI by the admin interface (<c>/config_dump</c>).</summary>
public interface IConfigDumpSource
{
    /// <summary>The dump as JSON of <c>envoy.admin.v3.ConfigDump</c>. On main.</summary>
    /// <param name="server">The proxy, for what came while it ran; null leaves that out.</param>
    /// <param name="includeEndpoints">Endpoints of clusters are shown too.</param>
    ReadOnlyMemory<byte> Dump(ProxyServer? server, bool includeEndpoints);
}
