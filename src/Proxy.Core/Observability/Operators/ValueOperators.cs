namespace Proxy.Observability.Operators;

/// <summary>Writes a value; answers false when there is none.</summary>
internal delegate bool FormatFunction(in AccessLogEntry entry, FormatWriter writer);

/// <summary>Reads a number; answers false when there is none.</summary>
internal delegate bool NumberFunction(in AccessLogEntry entry, out long value);

/// <summary>An operator whose value is text.</summary>
internal sealed class TextOperator(FormatFunction function) : FormatOperator
{
    public override bool TryWrite(in AccessLogEntry entry, FormatWriter writer) => function(entry, writer);
}

/// <summary>An operator whose value is a number.</summary>
internal sealed class NumberOperator(NumberFunction function) : FormatOperator
{
    public override bool TryWrite(in AccessLogEntry entry, FormatWriter writer)
    {
        if (!function(entry, out var value))
        {
            return false;
        }

        writer.Write(value);
        return true;
    }

    public override bool TryWriteJson(in AccessLogEntry entry, FormatWriter writer) => TryWrite(entry, writer);
}

/// <summary>Cuts the value of another operator.</summary>
internal sealed class CutOperator(FormatOperator inner, int maxLength) : FormatOperator
{
    public override bool TryWrite(in AccessLogEntry entry, FormatWriter writer)
    {
        var start = writer.Length;
        if (!inner.TryWrite(entry, writer))
        {
            return false;
        }

        if (writer.Length - start > maxLength)
        {
            writer.Truncate(start + maxLength);
        }

        return true;
    }
}

/// <summary>The first of several operators that has a value.</summary>
internal sealed class CoalesceOperator(FormatOperator[] choices) : FormatOperator
{
    public override bool TryWrite(in AccessLogEntry entry, FormatWriter writer)
    {
        foreach (var choice in choices)
        {
            if (choice.TryWrite(entry, writer))
            {
                return true;
            }
        }

        return false;
    }

    public override bool TryWriteJson(in AccessLogEntry entry, FormatWriter writer)
    {
        foreach (var choice in choices)
        {
            if (choice.TryWriteJson(entry, writer))
            {
                return true;
            }
        }

        return false;
    }
}
