using System.Runtime.CompilerServices;
using System.Text;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Routing;
using Proxy.Stats;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.Router;

/// <summary>What all routers of one model share on one worker: stats, scratch memory, cluster names seen in headers.</summary>
internal sealed class RouterWorker
{
    private const int MaxNames = 4096;

    private readonly Dictionary<byte[], string> _names = new(ByteComparer.Instance);

    private readonly Stack<ShadowRequest> _shadows = new();
    private readonly ConditionalWeakTable<HttpFilterChainModel, Stack<FilteredAttempt>> _attempts = []; // clusters come and go, and their filters with them

    public RouterWorker(RouterModel model, Worker worker)
    {
        Model = model;
        Worker = worker;
        Stats = model.Stats.Shard(worker);
    }

    public RouterModel Model { get; }

    public Worker Worker { get; }

    public StatShard Stats { get; }

    /// <summary>Room for paths, hosts and locations while they are put together.</summary>
    public FormatWriter Text { get; } = new();

    /// <summary>Room for bodies while they are put together.</summary>
    public FormatWriter Body { get; } = new();

    /// <summary>Room for a request's head while another is tried in its place.</summary>
    public HeaderMap SavedHeaders { get; } = new();

    /// <summary>A copy of a request that is not in use; it comes back by itself.</summary>
    public ShadowRequest RentShadow() => _shadows.TryPop(out var shadow) ? shadow : new ShadowRequest(this);

    /// <summary>Takes a copy back whose request is over.</summary>
    public void Return(ShadowRequest shadow) => _shadows.Push(shadow);

    /// <summary>An attempt through <paramref name="filters"/> that is not in use.</summary>
    public FilteredAttempt RentAttempt(HttpFilterChainModel filters)
    {
        return _attempts.TryGetValue(filters, out var known) && known.TryPop(out var attempt) ? attempt : new FilteredAttempt(filters, Worker);
    }

    /// <summary>Takes an attempt back that is over and will not be looked at any more.</summary>
    public void Return(FilteredAttempt attempt)
    {
        attempt.Recycle();
        _attempts.GetOrCreateValue(attempt.Filters).Push(attempt);
    }

    /// <summary>The cluster name that a header carries, as a string made only once.</summary>
    public string NameOf(ReadOnlySpan<byte> value)
    {
        var lookup = _names.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (lookup.TryGetValue(value, out var name))
        {
            return name;
        }

        name = Encoding.UTF8.GetString(value);
        if (_names.Count < MaxNames)
        {
            lookup[value] = name; // clients choose these: the cache must not grow without bound
        }

        return name;
    }
}
