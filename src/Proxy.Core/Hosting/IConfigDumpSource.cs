namespace Proxy.Hosting;

/// <summary>Shows the configuration that runs in its own language; found in DI by the admin interface (<c>/config_dump</c>).</summary>
public interface IConfigDumpSource
{
    /// <summary>The dump as JSON of <c>envoy.admin.v3.ConfigDump</c>. On main.</summary>
    /// <param name="server">The proxy, for what came while it ran; null leaves that out.</param>
    /// <param name="includeEndpoints">Endpoints of clusters are shown too.</param>
    ReadOnlyMemory<byte> Dump(ProxyServer? server, bool includeEndpoints);

    /// <summary>A field of a message that dumps are made of; null when the message has none of that name. Any thread.</summary>
    /// <param name="message">Full name of the message.</param>
    /// <param name="name">Name of the field, as in the API.</param>
    ConfigDumpField? FindField(string message, string name);
}

/// <summary>A field of a message in a dump.</summary>
/// <param name="Message">Full name of the message that it holds; empty for a value of another kind.</param>
/// <param name="IsRepeated">It holds a list or a map.</param>
public sealed record ConfigDumpField(string Message, bool IsRepeated);
