namespace Proxy.Observability;

/// <summary>One part of a format: constant text or a command operator. Immutable, shared by all workers.</summary>
internal abstract class FormatOperator
{
    /// <summary>Writes the value; writes nothing and answers false when there is none.</summary>
    public abstract bool TryWrite(in AccessLogEntry entry, FormatWriter writer);

    /// <summary>Writes the value as JSON, numbers as such; writes nothing and answers false when there is none.</summary>
    public virtual bool TryWriteJson(in AccessLogEntry entry, FormatWriter writer)
    {
        var start = writer.Length;
        if (!TryWrite(entry, writer))
        {
            return false;
        }

        JsonText.QuoteFrom(writer, start);
        return true;
    }
}
