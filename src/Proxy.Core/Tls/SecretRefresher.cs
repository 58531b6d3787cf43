using Microsoft.Extensions.Logging;
using Proxy.Workers;

namespace Proxy.Tls;

/// <summary>Looks at the files of certificates and keys from time to time: what has changed is used for new connections. On main.</summary>
internal sealed partial class SecretRefresher
{
    /// <summary>Time between two looks, in ms.</summary>
    public const long Interval = 2000;

    private readonly SecretFiles _files;
    private readonly Func<IEnumerable<IRefreshable>> _all;
    private readonly ILogger _logger;
    private readonly WorkerTimer _timer;
    private readonly Dictionary<IRefreshable, string> _faults = new(ReferenceEqualityComparer.Instance);

    public SecretRefresher(Worker main, SecretFiles files, Func<IEnumerable<IRefreshable>> all, ILogger logger)
    {
        _files = files;
        _all = all;
        _logger = logger;
        _timer = main.CreateTimer(static self => ((SecretRefresher)self!).Look(), this);
    }

    public void Start() => _timer.Arm(Interval);

    public void Stop() => _timer.Cancel();

    private void Look()
    {
        foreach (var secrets in _all())
        {
            // A fault is told once, not as long as it lasts.
            var fault = secrets.Refresh(_files);
            if (fault is null)
            {
                _faults.Remove(secrets);
            }
            else if (_faults.GetValueOrDefault(secrets) != fault)
            {
                _faults[secrets] = fault;
                Log.Refused(_logger, fault);
            }
        }

        _timer.Arm(Interval);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "changed certificates cannot be used, the former ones stay: {Fault}")]
        public static partial void Refused(ILogger logger, string fault);
    }
}
