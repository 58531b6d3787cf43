using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Proxy.Http;
using Proxy.Routing;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Clusters;

/// <summary>Counts gRPC calls to a cluster by method, under <c>cluster.NAME.grpc.SERVICE.METHOD.</c> On one worker.</summary>
/// <remarks>
/// Names come from clients. A cluster tells <see cref="MaxMethods"/> of them apart on a worker; calls of further ones, and of odd ones, are counted
/// without a method.
/// </remarks>
internal sealed class GrpcMethodStats
{
    public const int MaxMethods = 1000;
    private const int MaxPathLength = 256;

    public static readonly StatSchema Schema = new();
    public static readonly CounterId Total = Schema.Counter("total");
    public static readonly CounterId Success = Schema.Counter("success");
    public static readonly CounterId Failure = Schema.Counter("failure");
    public static readonly CounterId RequestMessages = Schema.Counter("request_message_count");
    public static readonly CounterId ResponseMessages = Schema.Counter("response_message_count");
    public static readonly CodeFamilyId Statuses = Schema.CodeFamily("");

    /// <summary>Times, where they are wanted; a group of its own, shown only then.</summary>
    public static readonly StatSchema TimeSchema = new();
    public static readonly HistogramId UpstreamTime = TimeSchema.Histogram("upstream_rq_time", StatUnit.Milliseconds);

    private static readonly SearchValues<byte> NameBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"u8);

    private readonly StatScope _scope;
    private readonly string _prefix;
    private readonly Worker _worker;
    private readonly Dictionary<byte[], GrpcMethod> _methods = new(ByteComparer.Instance);
    private GrpcMethod? _unnamed;

    /// <param name="scope">Of the cluster.</param>
    /// <param name="prefix">What stands before the names, such as <c>cluster.NAME.grpc.</c></param>
    /// <param name="worker">Whose numbers these are.</param>
    public GrpcMethodStats(StatScope scope, string prefix, Worker worker)
    {
        _scope = scope;
        _prefix = prefix;
        _worker = worker;
    }

    /// <summary>Calls whose method is not told apart.</summary>
    public GrpcMethod Unnamed => _unnamed ??= new GrpcMethod(_scope, _prefix, _worker);

    /// <summary>Splits <c>/SERVICE/METHOD</c>, with or without a query behind it.</summary>
    public static bool TrySplit(ReadOnlySpan<byte> path, out ReadOnlySpan<byte> service, out ReadOnlySpan<byte> method)
    {
        service = method = default;
        var query = path.IndexOf((byte)'?');
        path = query < 0 ? path : path[..query];
        if (path.Length is 0 or > MaxPathLength || path[0] != '/')
        {
            return false;
        }

        path = path[1..];
        var slash = path.IndexOf((byte)'/');
        if (slash < 0)
        {
            return false;
        }

        service = path[..slash];
        method = path[(slash + 1)..];
        return !service.ContainsAnyExcept(NameBytes) && !method.ContainsAnyExcept(NameBytes);
    }

    /// <summary>Where calls of a method are counted.</summary>
    /// <param name="path">The request's path.</param>
    /// <param name="replaceDots">Writes dots in the service's name as <c>_</c>. The same for all callers of this object's cluster, or names mix.</param>
    public GrpcMethod Of(ReadOnlySpan<byte> path, bool replaceDots)
    {
        if (!TrySplit(path, out var service, out var method))
        {
            return Unnamed;
        }

        Span<byte> key = stackalloc byte[MaxPathLength];
        service.CopyTo(key);
        if (replaceDots)
        {
            key[..service.Length].Replace((byte)'.', (byte)'_');
        }

        key[service.Length] = (byte)'.';
        method.CopyTo(key[(service.Length + 1)..]);
        key = key[..(service.Length + 1 + method.Length)];
        var methods = _methods.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (methods.TryGetValue(key, out var known))
        {
            return known;
        }

        if (_methods.Count >= MaxMethods)
        {
            return Unnamed;
        }

        var added = new GrpcMethod(_scope, $"{_prefix}{Encoding.ASCII.GetString(key)}.", _worker);
        methods[key] = added;
        return added;
    }
}

/// <summary>What is counted of one method's calls.</summary>
internal sealed class GrpcMethod(StatScope scope, string prefix, Worker worker)
{
    private readonly StatShard _stats = scope.CreateGroup(GrpcMethodStats.Schema, prefix).Shard(worker);
    private StatShard? _times;

    /// <summary>Counts a call by the <c>grpc-status</c> in <paramref name="headers"/>, be they an answer's only ones or its trailers; nothing when there is none.</summary>
    public void CountStatus(HeaderMap headers)
    {
        if (!headers.TryGet(KnownHeader.GrpcStatus, out var text))
        {
            return;
        }

        var isNumber = Utf8Parser.TryParse(text, out ushort status, out var used) && used == text.Length;
        if (isNumber && status < 1000)
        {
            _stats.Increment(GrpcMethodStats.Statuses, status);
        }

        _stats.Increment(isNumber && status == 0 ? GrpcMethodStats.Success : GrpcMethodStats.Failure);
        _stats.Increment(GrpcMethodStats.Total);
    }

    public void CountRequestMessages(long count) => _stats.Add(GrpcMethodStats.RequestMessages, count);

    public void CountResponseMessages(long count) => _stats.Add(GrpcMethodStats.ResponseMessages, count);

    public void RecordTime(long milliseconds)
    {
        _times ??= scope.CreateGroup(GrpcMethodStats.TimeSchema, prefix).Shard(worker);
        _times.Record(GrpcMethodStats.UpstreamTime, milliseconds);
    }
}
