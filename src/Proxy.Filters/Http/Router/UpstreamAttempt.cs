using Proxy.Clusters;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.Router;

/// <summary>
/// One attempt to have a request answered by a host: from the wait for a connection to the last byte of the answer. The same object serves one attempt
/// after the other; several attempts at a time are several objects.
/// </summary>
internal abstract class UpstreamAttempt
{
    private Connection? _connection;
    private WorkerTimer? _durationTimer;

    protected UpstreamAttempt(IUpstreamOwner owner)
    {
        Owner = owner;
    }

    /// <summary>The host tried.</summary>
    public Host? Host { get; private set; }

    /// <summary>A connection is there and the answer is not complete: the request can be sent.</summary>
    public abstract bool IsReady { get; }

    /// <summary>Between <see cref="Start"/> and the end of the answer, a reset or <see cref="Cancel"/>.</summary>
    public bool IsActive
    {
        get;
        protected set
        {
            field = value;
            if (!value)
            {
                _durationTimer?.Cancel();
            }
        }
    }

    /// <summary>The connection was idle before, so it may have been dead already.</summary>
    public bool IsReused { get; protected set; }

    /// <summary>The head of the answer, where the host sends one.</summary>
    public virtual HeaderMap? Answer => null;

    /// <summary>Bytes of the answer so far.</summary>
    public abstract long BytesReceived { get; }

    protected IUpstreamOwner Owner { get; private protected set; }

    protected WorkerCluster Cluster { get; private set; } = null!;

    /// <summary>Asks for a connection to <paramref name="host"/>; the owner is told, possibly before the call returns.</summary>
    public void Start(WorkerCluster cluster, Host host, RequestPriority priority, StreamInfo info)
    {
        info.UpstreamHostsTried.Add(host);
        Begin(cluster, host, priority, info);
    }

    /// <summary>Like <see cref="Start"/>, for a part of an attempt that was noted already.</summary>
    internal void Begin(WorkerCluster cluster, Host host, RequestPriority priority, StreamInfo info)
    {
        Cluster = cluster;
        Host = host;
        IsActive = true;
        IsReused = false;
        _connection = null;
        Info = info;
        DescribeHost();
        OnStart(host, priority);
    }

    /// <summary>Gives the attempt so many ms from now until its answer is complete, or it is cancelled and the owner told; 0 for no limit.</summary>
    public void LimitDuration(Worker worker, long milliseconds)
    {
        if (milliseconds > 0)
        {
            _durationTimer ??= worker.CreateTimer(static self => ((UpstreamAttempt)self!).OnMaxDuration(), this);
            _durationTimer.Arm(milliseconds);
        }
    }

    private void OnMaxDuration()
    {
        Cluster.Stats.Increment(ClusterStats.RequestMaxDuration);
        Cancel();
        Owner.OnMaxDuration(this);
    }

    /// <summary>Describes this attempt in the record of the stream, where a later one stands.</summary>
    public virtual void Claim()
    {
        DescribeHost();
        if (_connection is { } connection)
        {
            Describe(connection, Info.UpstreamProtocol);
        }
    }

    /// <summary>Sends the head of the request.</summary>
    public abstract void SendHeaders(HeaderMap headers, bool endStream);

    /// <summary>Sends part of the body.</summary>
    public abstract void SendData(ReadOnlySpan<byte> data, bool endStream);

    /// <summary>Sends trailers and ends the request.</summary>
    public abstract void SendTrailers(HeaderMap trailers);

    /// <summary>Stops or resumes the answer's body.</summary>
    public abstract void ReadDisable(bool disable);

    /// <summary>Gives up; the owner hears nothing more. Harmless when it is over.</summary>
    public abstract void Cancel();

    /// <summary>Forgets the request.</summary>
    public virtual void Recycle()
    {
        Host = null;
        _connection = null;
        Info = null!;
        Cluster = null!;
    }

    protected StreamInfo Info { get; private set; } = null!;

    protected abstract void OnStart(Host host, RequestPriority priority);

    private void DescribeHost()
    {
        Info.UpstreamRemote = Host!.EndPoint;
        Info.UpstreamHostname = Host.Hostname;
        Info.UpstreamHost = Host;
    }

    /// <summary>A connection is there: describes it in the record of the stream.</summary>
    protected void Describe(Connection connection, HttpProtocol? protocol)
    {
        if (!ReferenceEquals(_connection, connection))
        {
            Info.UpstreamConnectionsTried.Add(connection.Id);
        }

        _connection = connection;
        Info.UpstreamRemote = connection.RemoteEndPoint;
        Info.UpstreamLocal = connection.LocalEndPoint;
        Info.UpstreamTls = connection.Info.Tls;
        Info.UpstreamConnection = connection;
        Info.UpstreamConnectionId = connection.Id;
        Info.UpstreamProtocol = protocol;
        Info.UpstreamPoolReadyMicroseconds = connection.Worker.NowMicroseconds;
    }
}
