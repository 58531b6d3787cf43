using System.Diagnostics.CodeAnalysis;

namespace Proxy.Observability.Operators;

/// <summary><c>%FILTER_STATE(key)%</c>: an object that a filter left for others, of the request or else of its connection.</summary>
/// <remarks>Dictionaries by text are written as JSON, and not at all where plain text is asked for; everything else is written as text.</remarks>
internal sealed class FilterStateOperator(string key, bool plain = false) : FormatOperator
{
    public override bool TryWrite(in AccessLogEntry entry, FormatWriter writer)
    {
        if (!TryFind(entry, out var value))
        {
            return false;
        }

        if (value is not IDictionary<string, object>)
        {
            writer.Write(value.ToString());
            return true;
        }

        if (!plain)
        {
            ValueJson.Write(writer, value);
        }

        return !plain;
    }

    public override bool TryWriteJson(in AccessLogEntry entry, FormatWriter writer)
    {
        if (plain || !TryFind(entry, out var value) || value is not IDictionary<string, object>)
        {
            return base.TryWriteJson(entry, writer);
        }

        ValueJson.Write(writer, value);
        return true;
    }

    private bool TryFind(in AccessLogEntry entry, [NotNullWhen(true)] out object? value)
    {
        value = null;
        return (entry.Info.HasFilterData && entry.Info.FilterState.TryGetValue(key, out value))
            || (entry.Info.Downstream is { HasFilterState: true } connection && connection.FilterState.TryGetValue(key, out value));
    }
}
