namespace Proxy.Workers.Files;

/// <summary>What the flusher has done so far (Envoy's <c>filesystem.*</c> stats, and what was lost).</summary>
/// <param name="WriteBuffered">Lines taken from workers.</param>
/// <param name="WriteCompleted">Blocks written.</param>
/// <param name="WriteFailed">Blocks lost because writing failed.</param>
/// <param name="FlushedByTimer">Blocks handed over because of their age.</param>
/// <param name="ReopenFailed">Attempts to open a file again that failed.</param>
/// <param name="TotalBuffered">Bytes waiting now, on workers or for the disk.</param>
/// <param name="DroppedLines">Lines lost because the disk was too slow.</param>
internal readonly record struct FileFlusherCounters(
    long WriteBuffered, long WriteCompleted, long WriteFailed, long FlushedByTimer, long ReopenFailed, long TotalBuffered, long DroppedLines);
