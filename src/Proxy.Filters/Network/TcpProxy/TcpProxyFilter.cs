using Proxy.Clusters;
using Proxy.Connections;
using Proxy.Stats;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Network.TcpProxy;

/// <summary>Joins a downstream connection to one of a cluster: bytes, FIN, reset and back-pressure go both ways.</summary>
/// <remarks>
/// Nothing is read from downstream before the upstream is up, unless so many bytes may be early. Bytes go from one side's read buffer straight to the other side's write; what cannot be sent is
/// queued up to the buffer limit of the side that is slow, then the other side is not read until half of it has gone.
/// </remarks>
internal sealed partial class TcpProxyFilter : NetworkFilter, ITcpPoolCallbacks, ITunnelOwner
{
    /// <summary>Filter state that names the cluster, in place of the configured one.</summary>
    public const string ClusterState = "envoy.tcp_proxy.cluster";

    private readonly TcpProxyModel _model;
    private readonly Worker _worker;
    private readonly StatShard _stats;
    private readonly StreamInfo _info = new();

    private WorkerCluster? _cluster;
    private PendingConnection? _pending;
    private UpstreamLink? _upstream;
    private TunnelLink? _tunnel; // asked for and not granted yet
    private int _attempts;
    private long _received;
    private long _sent;
    private bool _downstreamPaused; // until the upstream is up
    private bool _downstreamClosed;

    public TcpProxyFilter(TcpProxyModel model, Worker worker)
    {
        _model = model;
        _worker = worker;
        _stats = model.Stats.Shard(worker);
    }

    public override FilterStatus OnNewConnection()
    {
        _stats.Increment(TcpProxyStats.Total);
        _info.Downstream = Connection.Info;
        _info.DownstreamConnection = Connection;
        _info.ConnectionId = Connection.Id;
        _info.StartTime = _worker.UtcNow;
        _info.StartMicroseconds = _worker.NowMicroseconds;
        Connection.HalfCloseEnabled = true;
        Connection.DelayedCloseTimeout = 0; // the idle timeout bounds the last flush: a slow reader is to get every byte
        if (_model.Config.MaxEarlyBytes is null)
        {
            PauseDownstream();
        }

        StartTimers();
        if (_model.Config.LogOnStart)
        {
            Log(Observability.AccessLogType.TcpConnectionStart);
        }

        ConnectUpstream();
        return FilterStatus.Continue;
    }

    public override FilterStatus OnData(ref StreamChunk chunk)
    {
        if (_upstream is null)
        {
            if (chunk.Bytes.Length > _model.Config.MaxEarlyBytes)
            {
                PauseDownstream();
            }

            return FilterStatus.StopIteration; // early, or handed on by a filter before us; it comes again when the upstream is up
        }

        _upstream.Write(chunk.Bytes, chunk.EndOfStream);
        chunk.Consume(chunk.Bytes.Length);
        OnActivity();
        return FilterStatus.StopIteration;
    }

    public override void OnAboveHighWatermark()
    {
        if (_upstream is not null)
        {
            _cluster!.Stats.Increment(ClusterStats.PausedReading);
            _upstream.ReadDisable(true);
        }
    }

    public override void OnBelowLowWatermark()
    {
        if (_upstream is not null)
        {
            _cluster!.Stats.Increment(ClusterStats.ResumedReading);
            _upstream.ReadDisable(false);
        }
    }

    public override void OnClosed(CloseReason reason)
    {
        _downstreamClosed = true;
        CountBytes();
        StopTimers();
        if (_pending is not null)
        {
            _cluster!.CancelConnection(_pending);
            _pending = null;
        }

        _tunnel?.Close(CloseMode.Immediate);
        _tunnel = null;
        CloseUpstream(reason);
        Finish();
    }

    private void OnJoined()
    {
        if (Connection.IsAboveHighWatermark)
        {
            OnAboveHighWatermark();
        }

        ResumeDownstream();
        StartIdleTimer();
        if (_model.Config.LogOnConnected)
        {
            Log(Observability.AccessLogType.TcpUpstreamConnected);
        }
    }

    public void OnPoolFailure(PoolFailure failure, string details, Host host)
    {
        _pending = null;
        _tunnel = null;
        _info.UpstreamRemote = host.EndPoint;
        _info.UpstreamHostname = host.Hostname;
        if (failure == PoolFailure.Overflow)
        {
            Refuse(ResponseFlags.UpstreamOverflow);
            return;
        }

        NoteFailure(failure, host);
        Retry(details);
    }

    // A failure on this side says nothing about the host.
    private void NoteFailure(PoolFailure failure, Host host)
    {
        switch (failure)
        {
            case PoolFailure.ConnectFailed:
                host.Outliers?.OnBroken(_worker);
                break;
            case PoolFailure.Timeout:
                host.Outliers?.OnTimeout(_worker, 504);
                break;
        }
    }

    private void Retry(string details)
    {
        _info.Flags |= ResponseFlags.UpstreamConnectionFailure;
        _info.UpstreamTransportFailure = details;
        if (_model.Config.BackOff is null || _attempts >= _model.Config.MaxConnectAttempts)
        {
            ConnectUpstream();
        }
        else
        {
            ConnectLater(_model.Config.BackOff);
        }
    }

    // A filter in front may have named the cluster.
    private string? NamedCluster() =>
        Connection.Info.HasFilterState && Connection.Info.FilterState.TryGetValue(ClusterState, out var name) ? name as string : null;

    private void ConnectUpstream()
    {
        var name = NamedCluster() ?? _model.PickCluster(_worker);
        _info.UpstreamCluster = name;
        _cluster = _model.Clusters.Find(_worker, name);
        if (_cluster is null)
        {
            _stats.Increment(TcpProxyStats.NoRoute);
            Refuse(ResponseFlags.NoClusterFound);
            return;
        }

        if (_attempts >= _model.Config.MaxConnectAttempts)
        {
            _cluster.Stats.Increment(ClusterStats.ConnectAttemptsExceeded);
            Refuse(ResponseFlags.UpstreamRetryLimitExceeded);
            return;
        }

        var context = new LoadBalancerContext { Downstream = Connection.Info, Info = _info };
        var host = _cluster.ChooseHost(_model.Hash is { } hash && _cluster.PicksByHash ? context.With(hash) : context);
        if (host is null)
        {
            Refuse(ResponseFlags.NoHealthyUpstream);
            return;
        }

        _info.AttemptCount = ++_attempts;
        if (_model.Tunnel is not null && !TunnelModel.IsDisabledFor(Connection.Info))
        {
            _tunnel = new TunnelLink(_cluster, this);
            _tunnel.Start(host);
            return;
        }

        _pending = _cluster.NewConnection(host, RequestPriority.Default, this, ConnectionOrigin.Of(Connection.Info, _model.Tlvs)) ?? _pending;
    }

    private void Refuse(ResponseFlags flag)
    {
        _info.Flags |= flag;
        Connection.Close(CloseMode.Immediate);
    }

    private void PauseDownstream()
    {
        if (!_downstreamPaused)
        {
            _downstreamPaused = true;
            Connection.ReadDisable(true);
        }
    }

    private void ResumeDownstream()
    {
        if (_downstreamPaused)
        {
            _downstreamPaused = false;
            Connection.ReadDisable(false);
        }
        else
        {
            Connection.Redeliver();
        }
    }

    private void CloseUpstream(CloseReason reason)
    {
        if (_upstream is not { } upstream)
        {
            return;
        }

        if (reason.Kind == CloseKind.Reset)
        {
            upstream.Close(CloseMode.Reset);
        }
        else if (reason.Origin == CloseOrigin.Local && !(Connection.ReadEnded && Connection.WriteEnded))
        {
            upstream.Close(CloseMode.Immediate);
        }
        else
        {
            FlushUpstream(upstream);
        }
    }

    // The client has gone in order: what it sent still has to arrive.
    private void FlushUpstream(UpstreamLink upstream)
    {
        if (upstream.PendingBytes > 0)
        {
            _stats.Increment(TcpProxyStats.UpstreamFlushTotal);
            _stats.Increment(TcpProxyStats.UpstreamFlushActive);
            _flushing = true;
            StartIdleTimer();
        }

        upstream.Close(CloseMode.Flush);
    }

    private void CountBytes()
    {
        _stats.Add(TcpProxyStats.BytesReceived, Connection.BytesReceived - _received);
        _stats.Add(TcpProxyStats.BytesSent, Connection.BytesSent - _sent);
        _received = Connection.BytesReceived;
        _sent = Connection.BytesSent;
        _upstream?.CountBytes();
    }
}
