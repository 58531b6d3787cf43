using Envoy.Config.Core.V3;

namespace Proxy.Discovery.V3.Common;

/// <summary>Reads data that a configuration holds or names.</summary>
internal static class DataSourceReader
{
    /// <summary>The data, or null with a fault in the list.</summary>
    public static byte[]? Read(DataSource source, Place place, TranslationContext context)
    {
        switch (source.SpecifierCase)
        {
            case DataSource.SpecifierOneofCase.InlineString:
                return System.Text.Encoding.UTF8.GetBytes(source.InlineString);
            case DataSource.SpecifierOneofCase.InlineBytes:
                return source.InlineBytes.ToByteArray();
            case DataSource.SpecifierOneofCase.Filename:
                return ReadFile(source.Filename, place.Field("filename"), context);
            case DataSource.SpecifierOneofCase.EnvironmentVariable:
                return ReadVariable(source.EnvironmentVariable, place.Field("environment_variable"), context);
            default:
                context.Fault(place, "has neither a file name nor inline data");
                return null;
        }
    }

    /// <summary>The data as text, or null with a fault in the list.</summary>
    public static string? ReadText(DataSource source, Place place, TranslationContext context) =>
        Read(source, place, context) is { } bytes ? System.Text.Encoding.UTF8.GetString(bytes) : null;

    private static byte[]? ReadFile(string name, Place place, TranslationContext context)
    {
        try
        {
            return context.ReadFile(name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            context.Fault(place, $"cannot read the file: {e.Message}");
            return null;
        }
    }

    private static byte[]? ReadVariable(string name, Place place, TranslationContext context)
    {
        if (context.ReadVariable(name) is { } value)
        {
            return System.Text.Encoding.UTF8.GetBytes(value);
        }

        context.Fault(place, $"there is no environment variable {name}");
        return null;
    }
}
