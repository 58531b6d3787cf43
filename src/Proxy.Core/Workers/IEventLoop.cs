namespace Proxy.Workers;

/// <summary>A worker that needs a thread.</summary>
internal interface IEventLoop : IDisposable
{
    /// <summary>Runs the worker on the calling thread until <see cref="RequestStop"/>; then closes its connections and returns. Once.</summary>
    void Run();

    /// <summary>Ends <see cref="Run"/> after the callbacks posted so far. From any thread.</summary>
    void RequestStop();
}
