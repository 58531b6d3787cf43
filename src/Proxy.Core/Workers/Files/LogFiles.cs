using Proxy.Configuration;

namespace Proxy.Workers.Files;

/// <summary>Opens log files that a configuration names.</summary>
internal static class LogFiles
{
    /// <summary>Opens the file at <paramref name="path"/>; null for an empty path.</summary>
    /// <param name="files">Writes files; null where there is no file system.</param>
    /// <param name="path">The file.</param>
    /// <param name="field">Where the configuration names it.</param>
    /// <exception cref="ConfigException">It cannot be opened.</exception>
    public static ILogFile? Open(FileFlusher? files, string path, string field)
    {
        if (path.Length == 0)
        {
            return null;
        }

        if (files is null)
        {
            throw new ConfigException(field, "this application has no file system for logs (FileFlusherOptions)");
        }

        try
        {
            return files.Open(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ConfigException(field, $"unable to open file '{path}': {e.Message}");
        }
    }
}
