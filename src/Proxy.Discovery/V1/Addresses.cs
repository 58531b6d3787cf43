using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Translates addresses: URLs of sockets, pipes and names, bare addresses, and ranges.</summary>
internal static class Addresses
{
    private const string Tcp = "tcp://";
    private const string Unix = "unix://";

    /// <summary>Of a listener: <c>tcp://ip:port</c>.</summary>
    public static V3Map? Bound(ConfigNode url, V1Context context)
    {
        if (url.Text.StartsWith(Tcp, StringComparison.Ordinal) && Socket(url, url.Text[Tcp.Length..]) is { } address)
        {
            return address;
        }

        context.Fault(url, "address", $"malformed url: {url.Text}", "tcp:// with an IP address and a port, as in tcp://127.0.0.1:80");
        return null;
    }

    /// <summary>Of a host: <c>tcp://ip:port</c> or <c>unix://path</c>.</summary>
    public static V3Map? Host(ConfigNode url, V1Context context) => url.Text.StartsWith(Unix, StringComparison.Ordinal)
        ? V3Map.At(url).With("pipe", V3Map.At(url).With("path", url.Text[Unix.Length..]))
        : Bound(url, context);

    /// <summary>Of a host that DNS knows: <c>tcp://name:port</c>.</summary>
    public static V3Map? Name(ConfigNode url, V1Context context)
    {
        if (!url.Text.StartsWith(Tcp, StringComparison.Ordinal))
        {
            context.Fault(url, "address", $"unresolved URL must be TCP scheme, got: {url.Text}");
            return null;
        }

        var text = url.Text[Tcp.Length..];
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && Port(text[(colon + 1)..]) is { } port)
        {
            return Socket(url, text[..colon], port);
        }

        context.Fault(url, "address", $"malformed url: {url.Text}", "tcp:// with a name and a port, as in tcp://backend:80");
        return null;
    }

    /// <summary>Without a scheme: <c>ip:port</c>.</summary>
    public static V3Map? Bare(ConfigNode text, V1Context context)
    {
        if (Socket(text, text.Text) is { } address)
        {
            return address;
        }

        context.Fault(text, "address", $"malformed IP address: {text.Text}", "an IP address and a port, as in 127.0.0.1:53");
        return null;
    }

    /// <summary>An address that is given in two parts.</summary>
    public static V3Map Socket(ConfigNode at, string host, int port) =>
        V3Map.At(at).With("socket_address", V3Map.At(at).With("address", host).With("port_value", port));

    /// <summary>Ranges of addresses: <c>ip/bits</c>.</summary>
    public static IEnumerable<ConfigNode?> Ranges(IEnumerable<ConfigNode> ranges, V1Context context) => ranges.Select(range => Range(range, context)?.ToNode());

    private static V3Map? Range(ConfigNode range, V1Context context)
    {
        var slash = range.Text.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && IPAddress.TryParse(range.Text[..slash], out var ip) && int.TryParse(range.Text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
            && bits <= (ip.AddressFamily == AddressFamily.InterNetwork ? 32 : 128))
        {
            return V3Map.At(range).With("address_prefix", range.Text[..slash]).With("prefix_len", bits);
        }

        context.Fault(range, "range", $"Invalid cidr entry: {range.Text}", "an IP address and a number of bits, as in 10.0.0.0/8");
        return null;
    }

    private static V3Map? Socket(ConfigNode at, string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || Port(text[(colon + 1)..]) is not { } port)
        {
            return null;
        }

        var host = text[..colon];
        var isSix = host is ['[', .., ']'];
        host = isSix ? host[1..^1] : host;
        var family = isSix ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        return IPAddress.TryParse(host, out var ip) && ip.AddressFamily == family ? Socket(at, host, port) : null;
    }

    private static int? Port(string text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null;
}
