using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

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
            WriteJson(value, writer);
        }

        return true;
    }

    public override bool TryWriteJson(in AccessLogEntry entry, FormatWriter writer)
    {
        if (!TryFind(entry, out var value) || value is null)
        {
            return false;
        }

        WriteJson(value, writer);
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

    private static void WriteJson(object? value, FormatWriter writer)
    {
        switch (value)
        {
            case null:
                writer.Write("null"u8);
                break;
            case bool flag:
                writer.Write(flag ? "true"u8 : "false"u8);
                break;
            case string text:
                JsonText.WriteString(writer, Encoding.UTF8.GetBytes(text));
                break;
            case IDictionary<string, object> map:
                WriteObject(map, writer);
                break;
            case IEnumerable list:
                WriteList(list, writer);
                break;
            case double number:
                writer.WriteFormattable(number);
                break;
            case IFormattable number:
                writer.Write(number.ToString(null, CultureInfo.InvariantCulture));
                break;
            default:
                JsonText.WriteString(writer, Encoding.UTF8.GetBytes(value.ToString() ?? ""));
                break;
        }
    }

    private static void WriteObject(IDictionary<string, object> map, FormatWriter writer)
    {
        var separator = "{"u8;
        foreach (var (key, value) in map.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            writer.Write(separator);
            JsonText.WriteString(writer, Encoding.UTF8.GetBytes(key));
            writer.Write((byte)':');
            WriteJson(value, writer);
            separator = ","u8;
        }

        writer.Write(map.Count == 0 ? "{}"u8 : "}"u8);
    }

    private static void WriteList(IEnumerable list, FormatWriter writer)
    {
        writer.Write((byte)'[');
        var separator = default(ReadOnlySpan<byte>);
        foreach (var item in list)
        {
            writer.Write(separator);
            WriteJson(item, writer);
            separator = ","u8;
        }

        writer.Write((byte)']');
    }
}

/// <summary><c>%FILTER_STATE(key)%</c>: an object that a filter left for others, as text.</summary>
internal sealed class FilterStateOperator(string key) : FormatOperator
{
    public override bool TryWrite(in AccessLogEntry entry, FormatWriter writer)
    {
        if (!entry.Info.HasFilterData || !entry.Info.FilterState.TryGetValue(key, out var value))
        {
            return false;
        }

        writer.Write(value.ToString());
        return true;
    }
}
