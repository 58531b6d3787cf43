namespace Proxy.Workers;

/// <summary>The event loops of one proxy.</summary>
/// <param name="Main">The main dispatcher.</param>
/// <param name="Workers">The workers, by index.</param>
internal sealed record WorkerSet(Worker Main, IReadOnlyList<Worker> Workers)
{
    /// <summary>Runs <paramref name="step"/> on every worker and gives the results in their order.</summary>
    /// <exception cref="Exception">What a step threw; the other steps have run all the same.</exception>
    internal Task<TResult[]> RunOnAllAsync<TResult>(Func<Worker, TResult> step)
    {
        return Task.WhenAll(Workers.Select(worker => RunOnAsync(worker, step)));
    }

    /// <summary>Runs <paramref name="step"/> on one worker.</summary>
    internal static Task<TResult> RunOnAsync<TResult>(Worker worker, Func<Worker, TResult> step)
    {
        // Awaited on main only: its synchronization context brings the continuation back there, without a detour over the thread pool.
        var done = new TaskCompletionSource<TResult>();
        worker.Post(() =>
        {
            try
            {
                done.SetResult(step(worker));
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }
}
