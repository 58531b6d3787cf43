using System.Text;
using Proxy.Configuration.Filters;
using Proxy.Connections;
using Proxy.Stats;

namespace Proxy.Listeners.ProxyProtocol;

/// <summary>Takes a header of the PROXY protocol off the front of a connection, which then has the addresses that the header names.</summary>
internal sealed class ProxyProtocolFilter : ListenerFilter
{
    private const string DefaultNamespace = "envoy.filters.listener.proxy_protocol";

    // Metadata is UTF-8; what is not shows as '!', as in Envoy.
    private static readonly Encoding Utf8 = Encoding.GetEncoding("utf-8", EncoderFallback.ExceptionFallback, new DecoderReplacementFallback("!"));

    private readonly ProxyProtocolConfig _config;
    private readonly StatShard _stats;
    private readonly StatShard _rootStats;

    public ProxyProtocolFilter(ProxyProtocolConfig config, StatShard stats, StatShard rootStats)
    {
        _config = config;
        _stats = stats;
        _rootStats = rootStats;
    }

    public override ListenerFilterStatus OnData(ReadOnlySpan<byte> data, out int consumed)
    {
        consumed = 0;
        if (data.IsEmpty)
        {
            return ListenerFilterStatus.NeedMoreData;
        }

        var version = ProxyProtocolParser.VersionOf(data, out var certain);
        if (version != 0 && !IsAllowed(version))
        {
            return OnDisallowed(version, certain);
        }

        var status = ProxyProtocolParser.TryRead(data, out var header);
        switch (status)
        {
            case ProxyProtocolStatus.NeedMoreData:
                return ListenerFilterStatus.NeedMoreData;
            case ProxyProtocolStatus.Found:
                consumed = header.Length;
                return OnFound(data, header);
            case ProxyProtocolStatus.NotFound when _config.AllowWithoutHeader:
                return OnWithout();
            default:
                return OnError(header.Version);
        }
    }

    private bool IsAllowed(int version) => version == 1 ? !_config.DisallowVersion1 : !_config.DisallowVersion2;

    // Where connections without a header are welcome, one of a version that is not is nothing but data.
    private ListenerFilterStatus OnDisallowed(int version, bool certain)
    {
        if (_config.AllowWithoutHeader)
        {
            return OnWithout();
        }

        if (certain)
        {
            _stats.Increment(ProxyProtocolStats.Found(version));
            _stats.Increment(ProxyProtocolStats.Disallowed(version));
            Connection.Close(CloseMode.Immediate, "proxy_protocol_version_disallowed");
        }

        return ListenerFilterStatus.NeedMoreData;
    }

    private ListenerFilterStatus OnWithout()
    {
        _stats.Increment(ProxyProtocolStats.NotFoundAllowed);
        return ListenerFilterStatus.Continue;
    }

    private ListenerFilterStatus OnError(int version)
    {
        _stats.Increment(version == 0 ? ProxyProtocolStats.NotFoundDisallowed : ProxyProtocolStats.Error(version));
        _rootStats.Increment(ProxyProtocolStats.Errors);
        Connection.Close(CloseMode.Immediate, "proxy_protocol_error");
        return ListenerFilterStatus.NeedMoreData;
    }

    private ListenerFilterStatus OnFound(ReadOnlySpan<byte> data, in ProxyProtocolHeader header)
    {
        _stats.Increment(ProxyProtocolStats.Found(header.Version));
        if (header.Source is { } source && header.Destination is { } destination)
        {
            var info = Connection.Info;
            if (!destination.Equals(info.LocalEndPoint))
            {
                info.LocalEndPoint = destination;
                info.LocalAddressRestored = true;
            }

            info.RemoteEndPoint = source;
            info.IsToldUpstream = true;
            KeepTlvs(data[(header.Length - header.TlvLength)..header.Length]);
        }

        return ListenerFilterStatus.Continue;
    }

    private void KeepTlvs(ReadOnlySpan<byte> tlvs)
    {
        if (_config.Rules.Count == 0)
        {
            return;
        }

        while (ProxyProtocolParser.NextTlv(ref tlvs, out var type, out var value))
        {
            // Of several rules for one type the last counts, as in Envoy.
            for (var i = _config.Rules.Count - 1; i >= 0; i--)
            {
                if (_config.Rules[i].TlvType == type)
                {
                    Keep(_config.Rules[i], value);
                    break;
                }
            }
        }
    }

    private void Keep(ProxyProtocolRule rule, ReadOnlySpan<byte> value)
    {
        var metadata = Connection.Info.DynamicMetadata;
        var name = rule.MetadataNamespace.Length > 0 ? rule.MetadataNamespace : DefaultNamespace;
        if (!metadata.TryGetValue(name, out var keys))
        {
            metadata[name] = keys = new Dictionary<string, object>(StringComparer.Ordinal);
        }

        keys.TryAdd(rule.Key, Utf8.GetString(value));
    }
}
