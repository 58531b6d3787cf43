using Proxy.Http;

namespace Proxy.Clusters.Pools;

/// <summary>A request that waits in a pool's queue.</summary>
internal sealed class PendingHttpRequest : PendingRequest
{
    public PendingHttpRequest(HttpPool pool, IClientStreamHandler handler, IHttpPoolCallbacks callbacks)
    {
        Pool = pool;
        Handler = handler;
        Callbacks = callbacks;
        Place = new LinkedListNode<PendingHttpRequest>(this);
    }

    public HttpPool Pool { get; }

    public IClientStreamHandler Handler { get; }

    public IHttpPoolCallbacks Callbacks { get; }

    /// <summary>Where it stands in the queue; in no list once its outcome is known or it is given up.</summary>
    public LinkedListNode<PendingHttpRequest> Place { get; }

    /// <summary>How many connections had failed before it came.</summary>
    public int Round { get; set; }
}
