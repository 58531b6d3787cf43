using Proxy.Workers;

namespace Proxy.Clusters.Pools;

// The time between requests.
internal sealed partial class HttpUpstream
{
    private WorkerTimer? _idleTimer;
    private long _idleSince;
    private bool _isIdle;
    private bool _everIdle;

    /// <summary>Starts to wait for the next request.</summary>
    public void BecomeIdle()
    {
        if (_isIdle)
        {
            return;
        }

        _isIdle = _everIdle = true;
        _idleSince = Worker.Now;
        var timeout = _pool.Cluster.Model.IdleMilliseconds;
        if (timeout > 0)
        {
            // The timer is left alone while requests come and go; it looks for itself how long the connection was idle.
            _idleTimer ??= Worker.CreateTimer(static self => ((HttpUpstream)self!).OnIdleTimer(), this);
            if (!_idleTimer.IsArmed)
            {
                _idleTimer.Arm(timeout);
            }
        }
    }

    // True when the connection may have been dead for a while. One that other requests are on has shown life.
    private bool TakeIdleness()
    {
        var wasIdle = _isMultiplexed ? _isIdle : _everIdle || _served > 1;
        _isIdle = false;
        return wasIdle;
    }

    private void OnIdleTimer()
    {
        if (Active > 0)
        {
            return; // armed again when it is idle again
        }

        var left = _idleSince + _pool.Cluster.Model.IdleMilliseconds - Worker.Now;
        if (left > 0)
        {
            _idleTimer!.Arm(left);
            return;
        }

        _pool.Cluster.Stats.Increment(ClusterStats.ConnectionIdleTimeout);
        Close();
    }
}
