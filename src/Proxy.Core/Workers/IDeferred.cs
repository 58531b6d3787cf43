namespace Proxy.Workers;

/// <summary>Something to finish once the current callback has unwound: a flush, a close, a reset of a pooled object.</summary>
public interface IDeferred
{
    /// <summary>Runs on the worker at the end of the loop event that queued it.</summary>
    void Run();
}
