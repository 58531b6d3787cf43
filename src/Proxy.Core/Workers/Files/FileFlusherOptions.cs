namespace Proxy.Workers.Files;

/// <summary>When and how log files are written.</summary>
internal sealed record FileFlusherOptions
{
    /// <summary>
    /// Opens a file, or what stands for it, for appending. Called when a log is configured, where a failure refuses the configuration, and again
    /// after <see cref="FileFlusher.Reopen"/>.
    /// </summary>
    public required Func<string, Stream> Open { get; init; }

    /// <summary>Longest time that a line waits on its worker, in ms. Default 10000 (Envoy <c>--file-flush-interval-msec</c>).</summary>
    public long FlushInterval { get; init; } = 10_000;

    /// <summary>Bytes that a worker gathers before it hands them over. Default 64 KiB (Envoy <c>--file-flush-min-size-kb</c>).</summary>
    public int FlushSize { get; init; } = 64 * 1024;

    /// <summary>Bytes handed over and not written yet, of all files; lines beyond are dropped and counted. Default 32 MiB.</summary>
    public long MaxPendingBytes { get; init; } = 32 * 1024 * 1024;
}
