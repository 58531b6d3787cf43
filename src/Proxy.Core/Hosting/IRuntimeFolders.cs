using Proxy.Configuration;

namespace Proxy.Hosting;

/// <summary>Reads runtime values from folders; registered by who knows files.</summary>
internal interface IRuntimeFolders
{
    /// <summary>All values below a folder; null when there is no such folder.</summary>
    /// <exception cref="ConfigException">They cannot be read.</exception>
    IReadOnlyList<RuntimeValue>? Read(string folder);

    /// <summary>Calls <paramref name="moved"/>, on any thread, when something is moved to <paramref name="path"/>, until the result is disposed.</summary>
    /// <exception cref="ConfigException">There is no place that could be watched.</exception>
    IDisposable Watch(string path, Action moved);
}
