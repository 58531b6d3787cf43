using Proxy.Clusters;
using Proxy.Configuration.Discovery;
using Proxy.Workers;

namespace Proxy.Discovery.Xds.Grpc;

/// <summary>Chooses the place of a control plane that a stream goes to, and the pauses between attempts. On main.</summary>
/// <remarks>
/// As in Envoy, the failover stands in at a start only: it is tried when the primary has failed twice and has never answered. A place that has answered once is
/// kept; <see cref="ControlPlaneConfig.ReturnsToPrimary"/> lets a lost failover lead back to the primary.
/// </remarks>
internal sealed class StreamTarget
{
    private const int Primary = 0;
    private const int Failover = 1;
    private const int PrimaryAttempts = 2;
    private const int BetweenRounds = 500; // ms, as Envoy waits when neither has answered

    private readonly ControlPlaneConfig _config;
    private readonly JitteredBackOff[] _backOffs;
    private int _current = Primary;
    private int? _answered;
    private bool _primaryAnswered;
    private int _primaryFailures;

    public StreamTarget(ControlPlaneConfig config)
    {
        _config = config;
        _backOffs = [.. config.Targets.Select(static target => new JitteredBackOff(target.RetryBase, target.RetryMax))];
    }

    /// <summary>The place to go to.</summary>
    public ControlPlaneTargetConfig Current => _config.Targets[_current];

    /// <summary>The latest answer came from the place to go to: it knows the versions that were told.</summary>
    public bool IsKnown => _answered == _current;

    /// <summary>An answer has come from the current place.</summary>
    public void OnAnswer()
    {
        _answered = _current;
        _primaryAnswered |= _current == Primary;
        _primaryFailures = 0;
        _backOffs[_current].Reset();
    }

    /// <summary>The stream could not be opened, or is lost: chooses where to go next.</summary>
    /// <returns>The pause until then in ms; 0 for at once.</returns>
    public long OnEnd(IRandomSource random, bool hadAnswer)
    {
        if (_config.Targets.Count == 1)
        {
            return _backOffs[Primary].Next(random);
        }

        if (_current == Primary)
        {
            return LeavePrimary(random, hadAnswer);
        }

        if (_answered == Failover && !_config.ReturnsToPrimary)
        {
            return _backOffs[Failover].Next(random);
        }

        _current = Primary;
        return BetweenRounds;
    }

    private long LeavePrimary(IRandomSource random, bool hadAnswer)
    {
        if (!hadAnswer && !_primaryAnswered && ++_primaryFailures >= PrimaryAttempts)
        {
            _current = Failover;
            return 0;
        }

        return _backOffs[Primary].Next(random);
    }
}
