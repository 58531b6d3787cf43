using System.Buffers.Text;
using Proxy.Http;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>Takes the trailing dot and the port off <c>:authority</c> where that is configured.</summary>
internal sealed class HostNormalizer
{
    private readonly bool _stripDot;
    private readonly bool _stripMatchingPort;
    private readonly bool _stripAnyPort;

    public HostNormalizer(bool stripDot, bool stripMatchingPort, bool stripAnyPort)
    {
        _stripDot = stripDot;
        _stripMatchingPort = stripMatchingPort;
        _stripAnyPort = stripAnyPort;
    }

    /// <param name="headers">The request's head.</param>
    /// <param name="localPort">Port that the client connected to.</param>
    public void Apply(HeaderMap headers, int localPort)
    {
        if (_stripDot)
        {
            StripDot(headers);
        }

        // The target of a CONNECT is nothing without its port.
        if ((_stripAnyPort || _stripMatchingPort) && !headers.Get(KnownHeader.Method).SequenceEqual("CONNECT"u8))
        {
            StripPort(headers, localPort);
        }
    }

    private static void StripDot(HeaderMap headers)
    {
        var host = headers.Get(KnownHeader.Authority);
        var dot = host.LastIndexOf((byte)'.');
        if (dot < 0)
        {
            return;
        }

        if (dot == host.Length - 1)
        {
            headers.Set(KnownHeader.Authority, host[..dot]);
        }
        else if (host[dot + 1] == ':')
        {
            Span<byte> stripped = host.Length <= 256 ? stackalloc byte[256] : new byte[host.Length];
            host[..dot].CopyTo(stripped);
            host[(dot + 1)..].CopyTo(stripped[dot..]);
            headers.Set(KnownHeader.Authority, stripped[..(host.Length - 1)]);
        }
    }

    private void StripPort(HeaderMap headers, int localPort)
    {
        var host = headers.Get(KnownHeader.Authority);
        var colon = host.LastIndexOf((byte)':');
        if (colon < 0 || host.LastIndexOf((byte)']') > colon)
        {
            return;
        }

        var text = host[(colon + 1)..];
        if (text is [(byte)'+', _, ..])
        {
            text = text[1..]; // Envoy reads a number here, not a port
        }

        if (Utf8Parser.TryParse(text, out uint port, out var used) && used == text.Length && (_stripAnyPort || port == localPort))
        {
            headers.Set(KnownHeader.Authority, host[..colon]);
        }
    }
}
