using System.Text;
using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Nodes;

namespace Proxy.Discovery.Bootstrap;

/// <summary>A configuration as it came from a file or the command line: bytes, and the format that its name says.</summary>
internal static class ConfigText
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the text into nodes. Null when it is no YAML or JSON; the fault says where.</summary>
    public static ConfigNode? Parse(string file, ReadOnlySpan<byte> bytes, FaultList faults) => Parse(FormatOf(file), file, bytes, faults);

    /// <summary>Reads YAML whatever the name.</summary>
    public static ConfigNode? ParseYaml(string name, ReadOnlySpan<byte> bytes, FaultList faults) => Parse(Format.Yaml, name, bytes, faults);

    private static ConfigNode? Parse(Format format, string file, ReadOnlySpan<byte> bytes, FaultList faults)
    {
        try
        {
            return ParseAs(format, file, bytes, faults);
        }
        catch (NodeSyntaxException e)
        {
            faults.Add(new SourceFault(new FaultPosition(file, e.Line, e.Column), "", "syntax", e.Message));
            return null;
        }
    }

    /// <summary>The ending of the name decides: <c>.yaml</c> and <c>.yml</c> are YAML, protobuf's own formats are refused, the rest is JSON.</summary>
    private static Format FormatOf(string file) => Path.GetExtension(file).ToLowerInvariant() switch
    {
        ".yaml" or ".yml" => Format.Yaml,
        ".pb" or ".pb_text" or ".pb_length_delimited" => Format.Protobuf,
        _ => Format.Json,
    };

    private static ConfigNode ParseAs(Format format, string file, ReadOnlySpan<byte> bytes, FaultList faults)
    {
        if (bytes.Length > NodeLimits.MaxBytes)
        {
            throw new NodeSyntaxException($"larger than {NodeLimits.MaxBytes} bytes", 0, 0);
        }

        return format switch
        {
            Format.Yaml => YamlNodeReader.Read(file, Encoding.UTF8.GetString(bytes), faults),
            Format.Json => JsonNodeReader.Read(file, Decode(bytes)),
            _ => throw new NodeSyntaxException($"{Path.GetExtension(file)} files are not supported; write YAML or JSON", 0, 0),
        };
    }

    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new NodeSyntaxException("the text is not UTF-8", 0, 0);
        }
    }

    private enum Format
    {
        Json,
        Yaml,
        Protobuf,
    }
}
