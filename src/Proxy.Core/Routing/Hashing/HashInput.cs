using Proxy.Connections;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Streams;

namespace Proxy.Routing.Hashing;

/// <summary>What a hash may be made of.</summary>
internal readonly ref struct HashInput
{
    /// <summary>The request's head; null for plain connections.</summary>
    public HeaderMap? Headers { get; init; }

    /// <summary>The downstream connection; null when there is none.</summary>
    public ConnectionInfo? Downstream { get; init; }

    /// <summary>The record of the request or connection; null when there is none.</summary>
    public StreamInfo? Info { get; init; }

    /// <summary>Takes the <c>set-cookie</c> values of clients that are given a cookie; null gives nobody one.</summary>
    public List<byte[]>? NewCookies { get; init; }

    /// <summary>Room for rewritten values; null where nothing is rewritten.</summary>
    public FormatWriter? Scratch { get; init; }
}
