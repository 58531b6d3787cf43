namespace Proxy.Workers;

/// <summary>Which event loop workers run.</summary>
public enum WorkerKind
{
    /// <summary>The fastest that the system has.</summary>
    Auto,

    /// <summary>Linux epoll.</summary>
    Epoll,

    /// <summary><see cref="System.Net.Sockets.Socket"/>: slower, on every system.</summary>
    Sockets,
}
