namespace Proxy.Workers;

/// <summary>How many workers, and of which kind.</summary>
public sealed record WorkerOptions
{
    /// <summary>Number of workers; null means one per hardware thread (Envoy <c>--concurrency</c>).</summary>
    public int? Concurrency { get; init; }

    /// <summary>Kind of the event loops. Default <see cref="WorkerKind.Auto"/>.</summary>
    public WorkerKind Kind { get; init; }

    /// <summary>
    /// Lets a worker receive from and send to several sockets with one entry into the kernel where Linux offers io_uring to this process; elsewhere the calls
    /// are made one by one anyway. Default true.
    /// </summary>
    public bool BatchSystemCalls { get; init; } = true;

    /// <summary>Decides what is left to chance; null takes a seed that nobody can foresee.</summary>
    public ulong? Seed { get; init; }

    /// <summary>The clock. Default the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
