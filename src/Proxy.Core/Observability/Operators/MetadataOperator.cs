using System.Diagnostics.CodeAnalysis;

namespace Proxy.Observability.Operators;

/// <summary>Which metadata is meant.</summary>
internal enum MetadataSource
{
    Dynamic,
    Route,
    VirtualHost,
    Cluster,
    Host,
    Listener,
    FilterChain,
}

/// <summary>
/// <c>%DYNAMIC_METADATA(namespace:key:…)%</c> and its kin: what filters or the configuration left for logs. Texts, numbers, booleans, null, dictionaries by
/// text and lists are written; the last two as JSON.
/// </summary>
internal sealed class MetadataOperator(MetadataSource source, string name, string[] path) : FormatOperator
{
    public override bool TryWrite(in AccessLogEntry entry, FormatWriter writer)
    {
        if (!TryFind(entry, out var value) || value is null)
        {
            return false;
        }

        if (value is string text)
        {
            writer.Write(text);
        }
        else
        {
            ValueJson.Write(writer, value);
        }

        return true;
    }

    public override bool TryWriteJson(in AccessLogEntry entry, FormatWriter writer)
    {
        if (!TryFind(entry, out var value) || value is null)
        {
            return false;
        }

        ValueJson.Write(writer, value);
        return true;
    }

    private bool TryFind(in AccessLogEntry entry, out object? value)
    {
        value = null;
        if (!TryFindNamespace(entry, out var keys))
        {
            return false;
        }

        value = keys;
        foreach (var key in path)
        {
            if (value is not IDictionary<string, object> map || !map.TryGetValue(key, out value))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryFindNamespace(in AccessLogEntry entry, [NotNullWhen(true)] out Dictionary<string, object>? keys)
    {
        keys = null;
        var info = entry.Info;
        return source switch
        {
            MetadataSource.Dynamic => TryFindDynamic(entry, out keys),
            MetadataSource.Route => info.Route?.Metadata?.TryGetValue(name, out keys) ?? false,
            MetadataSource.VirtualHost => info.Route?.VirtualHost.Metadata?.TryGetValue(name, out keys) ?? false,
            MetadataSource.Cluster => info.ClusterMetadata?.TryGetValue(name, out keys) ?? false,
            MetadataSource.Host => info.UpstreamHost?.Metadata?.TryGetValue(name, out keys) ?? false,
            MetadataSource.Listener => info.Downstream?.ListenerMetadata?.TryGetValue(name, out keys) ?? false,
            MetadataSource.FilterChain => info.Downstream?.FilterChainMetadata?.TryGetValue(name, out keys) ?? false,
            _ => false,
        };
    }

    // What listener filters set belongs to the connection: its own log shows it, those of its requests do not.
    private bool TryFindDynamic(in AccessLogEntry entry, [NotNullWhen(true)] out Dictionary<string, object>? keys)
    {
        keys = null;
        if (entry.Info.HasFilterData && entry.Info.DynamicMetadata.TryGetValue(name, out keys))
        {
            return true;
        }

        return entry.Type is AccessLogType.TcpConnectionStart or AccessLogType.TcpUpstreamConnected or AccessLogType.TcpPeriodic or AccessLogType.TcpConnectionEnd
            && entry.Info.Downstream is { HasDynamicMetadata: true } connection
            && connection.DynamicMetadata.TryGetValue(name, out keys);
    }
}
