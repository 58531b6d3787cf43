using Microsoft.Extensions.Logging;

namespace Proxy.Workers;

/// <summary>The threads of one proxy: the main dispatcher and its workers.</summary>
/// <remarks>
/// Start, stop and dispose it from outside its own threads. Between construction and <see cref="Start"/> callbacks can be posted; they run first.
/// </remarks>
internal sealed class WorkerGroup : IAsyncDisposable
{
    private readonly Worker[] _workers;
    private readonly WorkerThread[] _threads; // the workers', then main's

    /// <summary>Makes the workers; no thread runs yet.</summary>
    /// <exception cref="PlatformNotSupportedException">The kind of worker asked for does not exist on this system.</exception>
    public WorkerGroup(WorkerOptions options, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        var count = options.Concurrency ?? Environment.ProcessorCount;
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(options));

        var logger = loggers.CreateLogger<Worker>();
        var seed = options.Seed ?? UnforeseenSeed();
        Main = Create(-1);
        _workers = [.. Enumerable.Range(0, count).Select(Create)];
        _threads = [.. _workers.Append(Main).Select(worker => new WorkerThread(worker))];

        Worker Create(int index)
        {
            var random = new PseudoRandomSource(unchecked(seed + ((ulong)(index + 1) * 0xD1B54A32D192ED03)));
            return WorkerFactory.Create(options.Kind, index, options.Time, random, logger, options.BatchSystemCalls);
        }
    }

    /// <summary>The main thread's dispatcher.</summary>
    public Worker Main { get; }

    /// <summary>The workers, by index.</summary>
    public IReadOnlyList<Worker> Workers => _workers;

    /// <summary>Starts every thread. Once.</summary>
    public void Start()
    {
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Starts the workers' threads and runs main on the calling one, until <see cref="StopAsync"/>.</summary>
    public void Run()
    {
        foreach (var thread in _threads.AsSpan(0, _workers.Length))
        {
            thread.Start();
        }

        _threads[^1].Run();
    }

    /// <summary>
    /// Stops the workers and, when all have ended, main: what they were posted before still runs, then their connections are closed. Harmless
    /// when it has been called before or nothing runs.
    /// </summary>
    public async Task StopAsync()
    {
        var workers = _threads.AsMemory(0, _workers.Length);
        await Task.WhenAll(workers.ToArray().Select(thread => thread.StopAsync())).ConfigureAwait(false);
        await _threads[^1].StopAsync().ConfigureAwait(false);
    }

    /// <summary>Stops everything and gives the system's resources back.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        foreach (var thread in _threads)
        {
            thread.Dispose();
        }
    }

    // A GUID's 122 random bits come straight from the kernel; asking the cryptography classes would load OpenSSL, 5 MB, for eight bytes.
    private static ulong UnforeseenSeed()
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.NewGuid().TryWriteBytes(bytes);
        return BitConverter.ToUInt64(bytes) ^ BitConverter.ToUInt64(bytes[8..]);
    }
}
