using System.Globalization;

namespace Proxy.Discovery.Bootstrap.Faults;

/// <summary>One thing that is wrong with a configuration, and where.</summary>
/// <param name="Position">Where in the text; line 0 when the text has no such place.</param>
/// <param name="Path">The setting, as in <c>static_resources.clusters[0].name</c>; empty for the whole file.</param>
/// <param name="Rule">The broken rule as a stable word, for machines: <c>required</c>, <c>unknown_field</c>, <c>string.min_len</c> …</param>
/// <param name="Message">The broken rule in words.</param>
/// <param name="Hint">What would help, or null.</param>
/// <param name="Severity">Whether the configuration is refused for it.</param>
internal sealed record SourceFault(
    FaultPosition Position,
    string Path,
    string Rule,
    string Message,
    string? Hint = null,
    FaultSeverity Severity = FaultSeverity.Error)
{
    /// <summary>The <see cref="Rule"/> of fields that no message has.</summary>
    public const string UnknownField = "unknown_field";

    /// <summary>The <see cref="Rule"/> of settings that have no effect here yet.</summary>
    public const string NotSupported = "unsupported";

    /// <summary>The text does not say any value of the field: protobuf could not even read it. Otherwise a value breaks a rule.</summary>
    public bool IsUnreadable => Rule is "file" or "syntax" or "any.type" or "wrong_type" or "duplicate_key" or "out_of_range" or "unknown_enum" or "oneof";

    /// <summary><c>file:line:column path: message (hint)</c>; parts that are not known are left out.</summary>
    public override string ToString()
    {
        var text = Position.File;
        if (Position.Line > 0)
        {
            text += string.Create(CultureInfo.InvariantCulture, $":{Position.Line}:{Position.Column}");
        }

        text += Path.Length == 0 ? ": " : $" {Path}: ";
        text += Severity == FaultSeverity.Warning ? $"warning: {Message}" : Message;
        return Hint is null ? text : $"{text} ({Hint})";
    }
}
