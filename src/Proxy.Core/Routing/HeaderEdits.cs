using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Observability;

namespace Proxy.Routing;

/// <summary>
/// Additions and removals of one level for one direction. One level is one batch: removals first, then every value is made and every condition judged
/// from what is left, then overwrites land, then additions. Immutable.
/// </summary>
internal sealed class HeaderEdits
{
    private const int MaxAdditions = 1000;
    private const int MaxValueLength = 16 * 1024;

    private readonly HeaderName[] _removals;
    private readonly Addition[] _additions;
    private readonly bool _isRequest;

    private HeaderEdits(HeaderName[] removals, Addition[] additions, bool isRequest)
    {
        _removals = removals;
        _additions = additions;
        _isRequest = isRequest;
    }

    /// <summary>Compiles one direction of <paramref name="config"/>; null when there is nothing to do.</summary>
    public static HeaderEdits? Compile(HeaderEditsConfig config, bool request, FormatEnvironment environment, string path, FaultList faults)
    {
        var additions = request ? config.RequestAdditions : config.ResponseAdditions;
        var removals = request ? config.RequestRemovals : config.ResponseRemovals;
        if (additions.Count == 0 && removals.Count == 0)
        {
            return null;
        }

        var direction = path.Length == 0 ? "" : path + ".";
        direction += request ? "request" : "response";
        if (additions.Count > MaxAdditions)
        {
            faults.Add($"{direction}_headers_to_add", $"at most {MaxAdditions} entries");
        }

        return new HeaderEdits(
            [.. removals.Select((name, i) => Name(name, $"{direction}_headers_to_remove[{i}]", faults))],
            [.. additions.Select((addition, i) => Compile(addition, environment, $"{direction}_headers_to_add[{i}]", faults))],
            request);
    }

    /// <summary>A batch of one addition.</summary>
    public static HeaderEdits Compile(HeaderAddition addition, bool request, FormatEnvironment environment, string path, FaultList faults)
    {
        return new HeaderEdits([], [Compile(addition, environment, path, faults)], request);
    }

    /// <summary>Edits <paramref name="headers"/>; values are made from <paramref name="entry"/>.</summary>
    public void Apply(HeaderMap headers, in AccessLogEntry entry, HeaderEditScratch scratch)
    {
        foreach (var name in _removals)
        {
            name.Remove(headers);
        }

        if (_additions.Length == 0)
        {
            return;
        }

        scratch.Begin(_additions.Length);
        for (var i = 0; i < _additions.Length; i++)
        {
            Prepare(_additions[i], i, headers, entry, scratch);
        }

        for (var i = 0; i < _additions.Length; i++)
        {
            if (_additions[i].IsOverwrite && scratch.TryGet(i, out var value))
            {
                _additions[i].Name.Remove(headers);
                _additions[i].Name.Add(headers, value);
            }
        }

        for (var i = 0; i < _additions.Length; i++)
        {
            if (!_additions[i].IsOverwrite && scratch.TryGet(i, out var value))
            {
                Add(headers, _additions[i].Name, value);
            }
        }
    }

    /// <summary>True when one of the additions is of <paramref name="header"/>.</summary>
    public bool Adds(KnownHeader header) => Array.Exists(_additions, addition => addition.Name.Id == header);

    private static void Prepare(in Addition addition, int index, HeaderMap headers, in AccessLogEntry entry, HeaderEditScratch scratch)
    {
        var applies = addition.Action switch
        {
            HeaderAppendAction.AddIfAbsent => !addition.Name.IsIn(headers),
            HeaderAppendAction.OverwriteIfExists => addition.Name.IsIn(headers),
            _ => true,
        };
        if (!applies)
        {
            return;
        }

        var start = scratch.Values.Length;
        addition.Value.Write(entry, scratch.Values);
        if (addition.KeepEmpty || scratch.Values.Length > start)
        {
            scratch.Keep(index, start);
        }
    }

    private void Add(HeaderMap headers, HeaderName name, ReadOnlySpan<byte> value)
    {
        if (name.Id != KnownHeader.None && JoinedHeaders.Join(name.Id, _isRequest))
        {
            headers.Append(name.Id, value, ","u8);
        }
        else
        {
            name.Add(headers, value);
        }
    }

    private static Addition Compile(HeaderAddition config, FormatEnvironment environment, string path, FaultList faults)
    {
        if (config.Value.Length > MaxValueLength)
        {
            faults.Add($"{path}.header.value", $"at most {MaxValueLength} bytes");
        }

        if (config.Value.AsSpan().ContainsAny('\r', '\n', '\0'))
        {
            faults.Add($"{path}.header.value", "must not have line breaks or NUL");
        }

        var format = TextFormat.TryCompile(config.Value.Trim(' ', '\t'), environment, omitEmptyValues: true, out var error);
        if (format is null)
        {
            faults.Add($"{path}.header.value", error);
        }

        return new Addition(Name(config.Name, $"{path}.header.key", faults), format ?? TextFormat.Empty, config.Action, config.KeepEmptyValue);
    }

    private static HeaderName Name(string name, string path, FaultList faults)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAny('\r', '\n', '\0'))
        {
            faults.Add(path, "must be a header name");
        }
        else if (name[0] == ':' || name.Equals("host", StringComparison.OrdinalIgnoreCase))
        {
            faults.Add(path, ":-prefixed or host headers may not be modified");
        }

        return HeaderName.Of(name);
    }

    private readonly record struct Addition(HeaderName Name, TextFormat Value, HeaderAppendAction Action, bool KeepEmpty)
    {
        public bool IsOverwrite => Action is HeaderAppendAction.OverwriteIfExists or HeaderAppendAction.OverwriteIfExistsOrAdd;
    }
}
