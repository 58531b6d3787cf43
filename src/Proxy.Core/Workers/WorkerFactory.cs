using Microsoft.Extensions.Logging;
using Proxy.Workers.Epoll;

namespace Proxy.Workers;

/// <summary>Makes the workers that need threads.</summary>
internal static class WorkerFactory
{
    /// <summary>A worker that has not started; it is an <see cref="IEventLoop"/>.</summary>
    /// <exception cref="PlatformNotSupportedException">The system does not have what <paramref name="kind"/> needs.</exception>
    public static Worker Create(WorkerKind kind, int index, TimeProvider time, IRandomSource random, ILogger logger)
    {
        if (!EpollWorker.IsSupported)
        {
            throw new PlatformNotSupportedException($"Workers of kind {kind} need Linux.");
        }

        return new EpollWorker(index, time, random, logger);
    }
}
