using System.Text;
using Proxy.Configuration.Http;
using Proxy.Http;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>Which kinds of upgrade a connection manager lets pass; CONNECT counts as one.</summary>
internal sealed class Upgrades
{
    private readonly (byte[] Type, bool Enabled)[] _types;

    public Upgrades(IEnumerable<UpgradeConfig> configs)
    {
        _types = [.. configs.Select(static config => (Encoding.ASCII.GetBytes(config.UpgradeType.ToLowerInvariant()), config.Enabled))];
    }

    /// <summary>True when the message asks for another protocol, or grants one.</summary>
    public static bool IsUpgrade(HeaderMap headers)
    {
        return headers.Contains(KnownHeader.Upgrade) && headers.TryGet(KnownHeader.Connection, out var options) && TokenLists.Contains(options, "upgrade"u8);
    }

    /// <summary>What the request wants to become; empty when it is a plain one.</summary>
    public static ReadOnlySpan<byte> TypeOf(HeaderMap request)
    {
        return request.Get(KnownHeader.Method).SequenceEqual("CONNECT"u8) ? "connect"u8 : request.Get(KnownHeader.Upgrade);
    }

    /// <summary>Whether the type is allowed here; null when nothing is said about it.</summary>
    public bool? Allows(ReadOnlySpan<byte> type)
    {
        foreach (var (known, enabled) in _types)
        {
            if (AsciiBytes.EqualsIgnoreCase(known, type))
            {
                return enabled;
            }
        }

        return null;
    }
}
