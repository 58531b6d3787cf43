using Microsoft.Extensions.Logging;
using Proxy.Workers.Epoll;
using Proxy.Workers.Sockets;

namespace Proxy.Workers;

/// <summary>Makes the workers that need threads.</summary>
internal static class WorkerFactory
{
    /// <summary>A worker that has not started; it is an <see cref="IEventLoop"/>.</summary>
    /// <exception cref="PlatformNotSupportedException">The system does not have what <paramref name="kind"/> needs.</exception>
    public static Worker Create(WorkerKind kind, int index, TimeProvider time, IRandomSource random, ILogger logger, bool batchSystemCalls)
    {
        return kind switch
        {
            WorkerKind.Sockets => new SocketWorker(index, time, random, logger),
            _ when EpollWorker.IsSupported => new EpollWorker(index, time, random, logger, batchSystemCalls),
            WorkerKind.Auto => new SocketWorker(index, time, random, logger),
            _ => throw new PlatformNotSupportedException($"Workers of kind {kind} need Linux."),
        };
    }
}
