using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Hosting;
using Proxy.Observability;
using Proxy.Observability.AccessLogs;
using Proxy.Routing;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>What becomes of local replies (Envoy <c>local_reply_config</c>), compiled. Immutable.</summary>
internal sealed class LocalReplyModel
{
    private LocalReplyModel(LocalReplyFormat? format, LocalReplyMapper[] mappers)
    {
        Format = format;
        Mappers = mappers;
    }

    /// <summary>Makes the bodies; null sends the text as it is.</summary>
    public LocalReplyFormat? Format { get; }

    public LocalReplyMapper[] Mappers { get; }

    /// <summary>Compiles both parts, adding faults; null when local replies stay as they are.</summary>
    public static LocalReplyModel? Compile(HttpConnectionManagerConfig config, FormatEnvironment formats, RuntimeSnapshot runtime, FaultList faults)
    {
        var format = CompileFormat(config.LocalReplyFormat, formats, "local_reply_config.body_format", faults);
        var mappers = config.LocalReplyMappers.Select((mapper, i) => CompileMapper(mapper, formats, runtime, $"local_reply_config.mappers[{i}]", faults)).ToArray();
        return format is null && mappers.Length == 0 ? null : new LocalReplyModel(format, mappers);
    }

    private static LocalReplyMapper CompileMapper(LocalReplyMapperConfig config, FormatEnvironment formats, RuntimeSnapshot runtime, string path, FaultList faults)
    {
        if (config.Status is < 200 or > 599)
        {
            faults.Add($"{path}.status_code", "must be between 200 and 599");
        }

        return new LocalReplyMapper(
            AccessLogPredicate.Compile(config.Filter, runtime, $"{path}.filter", faults),
            config.Status,
            config.Body is { } body ? Encoding.UTF8.GetBytes(body) : null,
            CompileFormat(config.Format, formats, $"{path}.body_format_override", faults),
            HeaderEdits.Compile(new HeaderEditsConfig { ResponseAdditions = config.Additions }, request: false, formats, path, faults));
    }

    private static LocalReplyFormat? CompileFormat(LocalReplyFormatConfig? config, FormatEnvironment formats, string path, FaultList faults)
    {
        if (config is null || LogFormat.Compile(config.Format, formats, path, faults) is not { } format)
        {
            return null;
        }

        return new LocalReplyFormat(format, Encoding.ASCII.GetBytes(config.ContentType ?? (config.Format.Json is null ? "text/plain" : "application/json")));
    }
}

/// <summary>How bodies are made, and their type.</summary>
internal sealed record LocalReplyFormat(LogFormat Format, byte[] ContentType);

/// <summary>Changes the replies that a filter takes. What is null stays as it is.</summary>
internal sealed record LocalReplyMapper(AccessLogPredicate Filter, int? Status, byte[]? Body, LocalReplyFormat? Format, HeaderEdits? Edits);
