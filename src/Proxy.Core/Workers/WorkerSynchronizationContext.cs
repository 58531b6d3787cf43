namespace Proxy.Workers;

/// <summary>Brings continuations of <c>await</c> back to the worker they left.</summary>
internal sealed class WorkerSynchronizationContext : SynchronizationContext
{
    private readonly Worker _worker;

    public WorkerSynchronizationContext(Worker worker)
    {
        _worker = worker;
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        _worker.Post(static pair =>
        {
            var (callback, argument) = ((SendOrPostCallback, object?))pair!;
            callback(argument);
        }, (d, state));
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (!_worker.IsCurrent)
        {
            throw new NotSupportedException("Waiting for a worker from another thread would block it; use Post.");
        }

        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;
}
