using Proxy.Discovery.V1;

namespace Proxy.Host;

/// <summary>Writes a v1 configuration in v3 (<c>--mode convert</c>): the text to standard output, what a reader should know to standard error.</summary>
internal static class HostConversion
{
    /// <summary>Converts a file.</summary>
    /// <returns>Whether there was anything to write.</returns>
    public static bool Run(string path, TextWriter output, TextWriter error)
    {
        byte[] text;
        try
        {
            text = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"error: {e.Message}");
            return false;
        }

        var conversion = V1Conversion.Convert(path, text);
        foreach (var fault in conversion.Faults)
        {
            error.WriteLine(fault);
        }

        output.Write(conversion.Yaml ?? "");
        output.Flush();
        return conversion.Yaml is not null;
    }
}
