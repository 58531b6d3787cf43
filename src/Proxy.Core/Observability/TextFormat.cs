namespace Proxy.Observability;

/// <summary>A text with command operators, compiled. Immutable, shared by all workers; writes without allocation.</summary>
internal sealed class TextFormat
{
    private readonly FormatOperator[] _parts;
    private readonly bool _omitEmptyValues;

    private TextFormat(FormatOperator[] parts, bool omitEmptyValues)
    {
        _parts = parts;
        _omitEmptyValues = omitEmptyValues;
    }

    /// <summary>Writes nothing.</summary>
    public static TextFormat Empty { get; } = new([], omitEmptyValues: true);

    /// <summary>The parts, in order.</summary>
    public ReadOnlySpan<FormatOperator> Parts => _parts;

    /// <summary>Compiles <paramref name="format"/>; null, and why, when it breaks a rule.</summary>
    /// <param name="format">The text.</param>
    /// <param name="environment">What operators know about the process.</param>
    /// <param name="omitEmptyValues">Operators without a value write nothing instead of <c>-</c>.</param>
    /// <param name="error">Why there is no result.</param>
    public static TextFormat? TryCompile(string format, FormatEnvironment environment, bool omitEmptyValues, out string error)
    {
        var parts = FormatParser.Parse(format, environment, out error);
        return parts is null ? null : new TextFormat(parts, omitEmptyValues);
    }

    /// <summary>Writes the text for <paramref name="entry"/>.</summary>
    public void Write(in AccessLogEntry entry, FormatWriter writer)
    {
        foreach (var part in _parts)
        {
            if (!part.TryWrite(entry, writer) && !_omitEmptyValues)
            {
                writer.Write((byte)'-');
            }
        }
    }
}
