using Proxy.Workers;

namespace Proxy.Discovery.Xds.Rest;

/// <summary>Cancels a request that takes too long; the clock is main's, so that tests can turn it.</summary>
internal sealed class RequestTimeout : IDisposable
{
    private readonly WorkerTimer _timer;

    public RequestTimeout(Worker main, CancellationTokenSource source, TimeSpan time)
    {
        _timer = main.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), source);
        _timer.Arm((long)time.TotalMilliseconds);
    }

    public void Dispose() => _timer.Cancel();
}
