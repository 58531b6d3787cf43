using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Proxy.Discovery.Bootstrap.Faults;

/// <summary>Prints faults for people, one a line, or for machines, as a JSON array.</summary>
internal static class FaultWriter
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    public static string ToText(IEnumerable<SourceFault> faults)
    {
        var text = new StringBuilder();
        foreach (var fault in faults)
        {
            text.Append(fault).Append('\n');
        }

        return text.ToString();
    }

    public static string ToJson(IEnumerable<SourceFault> faults)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Indented))
        {
            json.WriteStartArray();
            foreach (var fault in faults)
            {
                Write(json, fault);
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, SourceFault fault)
    {
        json.WriteStartObject();
        json.WriteString("file", fault.Position.File);
        json.WriteNumber("line", fault.Position.Line);
        json.WriteNumber("column", fault.Position.Column);
        json.WriteString("path", fault.Path);
        json.WriteString("severity", fault.Severity == FaultSeverity.Error ? "error" : "warning");
        json.WriteString("rule", fault.Rule);
        json.WriteString("message", fault.Message);
        if (fault.Hint is not null)
        {
            json.WriteString("hint", fault.Hint);
        }

        json.WriteEndObject();
    }
}
