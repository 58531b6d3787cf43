using Proxy.Configuration;

namespace Proxy.Hosting;

/// <summary>Tells how every resource of a proxy stands that comes from control planes (client status discovery, CSDS); found in DI by the admin interface.</summary>
internal interface IClientStatusSource
{
    /// <summary>Answers a request. On main.</summary>
    /// <param name="request">A message <c>envoy.service.status.v3.ClientStatusRequest</c>; no bytes ask for everything.</param>
    /// <param name="encoding">How the request is written, and the answer.</param>
    /// <param name="server">The proxy.</param>
    /// <returns>The message <c>envoy.service.status.v3.ClientStatusResponse</c>, secrets blanked out.</returns>
    /// <exception cref="ConfigException">The request is no such message or breaks rules.</exception>
    ReadOnlyMemory<byte> Answer(ReadOnlyMemory<byte> request, MessageEncoding encoding, ProxyServer server);
}

/// <summary>How a message is written.</summary>
internal enum MessageEncoding
{
    /// <summary>protobuf's wire format.</summary>
    Binary,

    /// <summary>protobuf's JSON in UTF-8; names are written as in the .proto files.</summary>
    Json,
}
