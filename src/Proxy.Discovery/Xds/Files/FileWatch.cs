using System.Collections.Concurrent;

namespace Proxy.Discovery.Xds.Files;

/// <summary>Tells when another file was moved to a path, or anything into a folder. Files that are written in place are left alone, as in Envoy.</summary>
internal sealed class FileWatch : IDisposable
{
    // The system holds a watcher weakly, and who watches for as long as the proxy lives has no reason to hold it either.
    private static readonly ConcurrentDictionary<FileWatch, bool> Open = new();

    private readonly FileSystemWatcher _watcher;

    /// <param name="path">The file.</param>
    /// <param name="folder">Watches this folder instead; null for the file.</param>
    /// <param name="changed">Called on any thread.</param>
    public FileWatch(string path, string? folder, Action changed)
    {
        var full = Path.GetFullPath(path);
        _watcher = folder is null ? new FileSystemWatcher(Path.GetDirectoryName(full)!, Path.GetFileName(full)) : new FileSystemWatcher(Path.GetFullPath(folder));
        _watcher.NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName;
        _watcher.Renamed += (_, moved) => OnMoved(folder is not null || moved.FullPath == full, changed);
        _watcher.Created += (_, _) => changed();
        _watcher.EnableRaisingEvents = true;
        Open[this] = true;
    }

    public void Dispose()
    {
        Open.TryRemove(this, out _);
        _watcher.Dispose();
    }

    private static void OnMoved(bool here, Action changed)
    {
        if (here)
        {
            changed();
        }
    }
}
