using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Proxy.Configuration.Http;
using Proxy.Connections;
using Proxy.Routing.Matching;

namespace Proxy.Routing.Hashing;

/// <summary>Hashes a cookie; a client without it may be given one, the same for all requests of its connection.</summary>
internal sealed class CookieHash : HashPart
{
    private readonly byte[] _name;
    private readonly string _before;
    private readonly string _behind;
    private readonly bool _givesCookie;

    public CookieHash(CookieHashConfig config)
    {
        _name = Encoding.UTF8.GetBytes(config.Name);
        _givesCookie = config.Ttl is not null;
        _before = $"{config.Name}=\"";
        var behind = new StringBuilder("\"");
        if (config.Ttl is { } ttl && (long)ttl.TotalSeconds is > 0 and var seconds)
        {
            behind.Append(CultureInfo.InvariantCulture, $"; Max-Age={seconds}");
        }

        behind.Append(config.Path.Length > 0 ? "; Path=" + config.Path : "");
        foreach (var attribute in config.Attributes)
        {
            behind.Append("; ").Append(attribute.Name).Append(attribute.Value.Length > 0 ? "=" + attribute.Value : "");
        }

        _behind = behind.Append("; HttpOnly").ToString();
    }

    public override ulong? Compute(in HashInput input)
    {
        if (input.Headers is not { } headers)
        {
            return null;
        }

        if (Cookies.TryFind(headers, _name, out var value) && !value.IsEmpty)
        {
            return XxHash64.HashToUInt64(value);
        }

        return _givesCookie && input is { NewCookies: { } cookies, Downstream: { } client } ? Give(client, cookies) : null;
    }

    // Made of the addresses: requests that a client sends side by side get the same cookie.
    private ulong Give(ConnectionInfo client, List<byte[]> cookies)
    {
        var addresses = Encoding.UTF8.GetBytes($"{client.RemoteEndPoint}{client.LocalEndPoint}");
        var value = XxHash64.HashToUInt64(addresses).ToString("x16", CultureInfo.InvariantCulture);
        cookies.Add(Encoding.UTF8.GetBytes(_before + value + _behind));
        return XxHash64.HashToUInt64(Encoding.ASCII.GetBytes(value));
    }
}
