using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Proxy.Host;

/// <summary>Signals: the first SIGTERM or SIGINT asks to leave, the second one ends the process; SIGUSR1 opens logs anew; SIGHUP does nothing.</summary>
internal sealed partial class HostSignals : IDisposable
{
    private const int SigUsr1OnLinux = 10;
    private const int SigUsr1OnOthers = 30;

    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly ILogger _logger;
    private int _asked;

    public HostSignals(ILogger logger, Action reopenLogs)
    {
        _logger = logger;
        Handle(PosixSignal.SIGTERM, Leave);
        Handle(PosixSignal.SIGINT, Leave);
        Handle(PosixSignal.SIGHUP, static _ => { });
        if (!OperatingSystem.IsWindows())
        {
            Handle((PosixSignal)(OperatingSystem.IsLinux() ? SigUsr1OnLinux : SigUsr1OnOthers), _ => reopenLogs());
        }
    }

    /// <summary>Waits for a signal or for <paramref name="requested"/>, whichever comes first.</summary>
    public Task WaitForStopAsync(Task requested) => Task.WhenAny(_stop.Task, requested);

    public void Dispose() => _registrations.ForEach(static registration => registration.Dispose());

    private void Handle(PosixSignal signal, Action<PosixSignal> handler)
    {
        _registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true; // what the system would do by itself is to end the process
            handler(context.Signal);
        }));
    }

    private void Leave(PosixSignal signal)
    {
        if (Interlocked.Increment(ref _asked) > 1)
        {
            Environment.Exit(1);
        }

        LogSignal(_logger, signal);
        _stop.TrySetResult();
    }

    [LoggerMessage(1, LogLevel.Warning, "caught {Signal}: draining, then exiting; once more exits at once")]
    private static partial void LogSignal(ILogger logger, PosixSignal signal);
}
