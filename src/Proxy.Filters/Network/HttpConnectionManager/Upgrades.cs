using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Hosting;
using Proxy.Http;
using Proxy.Streams;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>Which kinds of upgrade a connection manager lets pass; CONNECT counts as one.</summary>
internal sealed class Upgrades
{
    private readonly Kind[] _kinds;

    private Upgrades(Kind[] kinds)
    {
        _kinds = kinds;
    }

    /// <summary>None.</summary>
    public static Upgrades None { get; } = new([]);

    /// <summary>Compiles the filters of those kinds that have their own.</summary>
    public static Upgrades Compile(IReadOnlyList<UpgradeConfig> configs, FilterFactoryContext context, FaultList faults)
    {
        var kinds = new Kind[configs.Count];
        for (var i = 0; i < kinds.Length; i++)
        {
            var before = faults.Count;
            var filters = configs[i].Filters.Count == 0 ? null : HttpFilterChainModel.CompileBeside(configs[i].Filters, context, faults);
            faults.Move(before, $"upgrade_configs[{i}]");
            kinds[i] = new Kind(Encoding.ASCII.GetBytes(configs[i].UpgradeType.ToLowerInvariant()), configs[i].Enabled, filters);
        }

        return new Upgrades(kinds);
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
    public bool? Allows(ReadOnlySpan<byte> type) => Find(type)?.Enabled;

    /// <summary>The filters for requests of the type; null for those of all requests.</summary>
    public HttpFilterChainModel? FiltersFor(ReadOnlySpan<byte> type) => Find(type)?.Filters;

    private Kind? Find(ReadOnlySpan<byte> type)
    {
        foreach (var kind in _kinds)
        {
            if (AsciiBytes.EqualsIgnoreCase(kind.Type, type))
            {
                return kind;
            }
        }

        return null;
    }

    private sealed record Kind(byte[] Type, bool Enabled, HttpFilterChainModel? Filters);
}
