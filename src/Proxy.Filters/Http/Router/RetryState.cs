using System.Buffers.Text;
using Proxy.Clusters;
using Proxy.Configuration.Http;
using Proxy.Hosting;
using Proxy.Http;
using Proxy.Routing;
using Proxy.Routing.Actions;
using Proxy.Workers;

namespace Proxy.Filters.Http.Router;

/// <summary>What came of the question whether to try again.</summary>
internal enum RetryVerdict
{
    /// <summary>Nothing that is retried.</summary>
    No,

    /// <summary>Yes, after a pause.</summary>
    Yes,

    /// <summary>The cluster has too many retries under way.</summary>
    Overflow,

    /// <summary>There were enough tries.</summary>
    LimitExceeded,
}

/// <summary>The retries of one request: what for, how many are left, how long to wait. Reused by one request after the other; on its worker.</summary>
internal sealed class RetryState
{
    private const string BaseKey = "upstream.base_retry_backoff_ms";
    private const long DefaultBase = 25;
    private static readonly FractionConfig Use = new(100, 100, "upstream.use_retry");

    private readonly Worker _worker;
    private readonly RuntimeSnapshot _runtime;
    private readonly RuntimeFraction _use;
    private readonly List<int> _askedCodes = [];
    private readonly List<byte[]> _askedHeaders = [];
    private RetryPolicy _policy = RetryPolicy.None;
    private JitteredBackOff? _backOff;
    private RetryPolicy? _backOffOf;
    private long _firstPause;
    private RetryConditions _conditions;
    private WorkerCluster? _cluster;
    private RouteCounters _counters;
    private RequestPriority _priority;
    private uint _left;
    private long _askedPause; // by the upstream, in ms; 0 when it does not
    private bool _reserved;

    public RetryState(Worker worker, RuntimeSnapshot runtime)
    {
        _worker = worker;
        _runtime = runtime;
        _use = RuntimeFraction.Compile(Use, runtime);
    }

    /// <summary>There is anything to be retried for.</summary>
    public bool IsEnabled => _conditions != RetryConditions.None;

    /// <summary>Reads the policy and what the client asks for beyond it (the connection manager lets only trusted ones).</summary>
    public void Begin(RetryPolicy policy, WorkerCluster cluster, RequestPriority priority, HeaderMap request, in RouteCounters counters)
    {
        _counters = counters;
        _policy = policy;
        _cluster = cluster;
        _priority = priority;
        _left = policy.Config.NumRetries;
        _conditions = policy.Conditions
            | RetryConditionsReader.ReadHttp(request.Get(KnownHeader.XEnvoyRetryOn))
            | RetryConditionsReader.ReadGrpc(request.Get(KnownHeader.XEnvoyRetryGrpcOn));
        if (_conditions == RetryConditions.None || !IsRetriable(request))
        {
            _conditions = RetryConditions.None;
            return;
        }

        if (TryParse(request.Get(KnownHeader.XEnvoyMaxRetries), out var retries))
        {
            _left = (uint)Math.Min(retries, uint.MaxValue);
        }

        ReadAskedCodes(request.Get(KnownHeader.XEnvoyRetriableStatusCodes));
        ReadAskedHeaders(request.Get(KnownHeader.XEnvoyRetriableHeaderNames));
    }

    /// <summary>Asks about an answer.</summary>
    public RetryVerdict OnHeaders(HeaderMap headers, int status)
    {
        var wanted = IsWanted(headers, status);
        if (wanted)
        {
            _askedPause = ResetInterval(headers);
        }

        return Decide(wanted);
    }

    /// <summary>Asks about a try without an answer.</summary>
    public RetryVerdict OnReset(StreamResetReason reason, bool requestStarted) => Decide(IsWanted(reason, requestStarted));

    /// <summary>Asks about a try that is slow and goes on: the next one starts beside it whatever the conditions say, as long as there is one left.</summary>
    public RetryVerdict OnSlowTry() => Decide(wanted: true);

    /// <summary>True when the conditions hold for an answer, be there tries left or not.</summary>
    public bool Wants(HeaderMap headers, int status) => IsWanted(headers, status);

    /// <summary>How long to wait before the retry just granted, in ms; what the upstream asks for is a lower bound.</summary>
    public long NextPause()
    {
        if (_askedPause > 0)
        {
            _cluster!.Stats.Increment(ClusterStats.RequestRetryBackoffRateLimited);
            var pause = _askedPause + (long)(_worker.Random.Next() % (ulong)Math.Max(1, _askedPause / 2));
            _askedPause = 0;
            return pause;
        }

        var first = _policy.Config.BaseInterval is { } own ? (long)own.TotalMilliseconds : _runtime.GetInteger(BaseKey, DefaultBase);
        if (!ReferenceEquals(_backOffOf, _policy) || first != _firstPause)
        {
            _backOff = new JitteredBackOff(TimeSpan.FromMilliseconds(first), _policy.Config.MaxInterval);
            (_backOffOf, _firstPause) = (_policy, first);
        }

        _cluster!.Stats.Increment(ClusterStats.RequestRetryBackoffExponential);
        return _backOff!.Next(_worker.Random);
    }

    /// <summary>No more retries, and none under way: the request is over or too large to be sent again.</summary>
    public void End()
    {
        Release();
        _conditions = RetryConditions.None;
        _cluster = null;
        _counters = default;
        _policy = RetryPolicy.None;
        _askedPause = 0;
        _askedCodes.Clear();
        _askedHeaders.Clear();
        _backOff?.Reset();
    }

    private static bool TryParse(ReadOnlySpan<byte> text, out ulong value) => Utf8Parser.TryParse(text, out value, out var used) && used == text.Length;

    private static bool IsGrpcRetriable(RetryConditions conditions, ReadOnlySpan<byte> status)
    {
        var condition = !TryParse(status, out var code) ? RetryConditions.None : code switch
        {
            1 => RetryConditions.GrpcCancelled,
            4 => RetryConditions.GrpcDeadlineExceeded,
            8 => RetryConditions.GrpcResourceExhausted,
            13 => RetryConditions.GrpcInternal,
            14 => RetryConditions.GrpcUnavailable,
            _ => RetryConditions.None,
        };
        return (conditions & condition) != 0;
    }

    private bool Has(RetryConditions condition) => (_conditions & condition) != 0;

    private bool IsRetriable(HeaderMap request)
    {
        return _policy.RequestHeaders.Length == 0 || MatchesAny(_policy.RequestHeaders, request);
    }

    private static bool MatchesAny(Routing.Matching.HeaderMatcher[] matchers, HeaderMap headers)
    {
        foreach (var matcher in matchers)
        {
            if (matcher.Matches(headers))
            {
                return true;
            }
        }

        return false;
    }

    private void ReadAskedCodes(ReadOnlySpan<byte> list)
    {
        foreach (var range in list.Split((byte)','))
        {
            if (TryParse(list[range].Trim(" \t"u8), out var code) && code < 1000)
            {
                _askedCodes.Add((int)code);
            }
        }
    }

    private void ReadAskedHeaders(ReadOnlySpan<byte> list)
    {
        foreach (var range in list.Split((byte)','))
        {
            if (list[range].Trim(" \t"u8) is { IsEmpty: false } name)
            {
                _askedHeaders.Add(name.ToArray());
            }
        }
    }

    private bool IsWanted(HeaderMap headers, int status)
    {
        // An upstream that is a proxy itself and full, or limits rates, is not helped by more requests.
        if (headers.Contains(KnownHeader.XEnvoyOverloaded))
        {
            return false;
        }

        if (headers.Contains(KnownHeader.XEnvoyRatelimited))
        {
            return Has(RetryConditions.RateLimited);
        }

        return (Has(RetryConditions.ServerError) && status is >= 500 and < 600)
            || (Has(RetryConditions.GatewayError) && status is >= 502 and <= 504)
            || (Has(RetryConditions.Retriable4xx) && status == 409)
            || (Has(RetryConditions.RetriableStatusCodes) && (_askedCodes.Contains(status) || _policy.StatusCodes.Contains(status)))
            || (Has(RetryConditions.RetriableHeaders) && (MatchesAny(_policy.Headers, headers) || HasAskedHeader(headers)))
            || (Has(RetryConditions.Grpc) && IsGrpcRetriable(_conditions, headers.Get(KnownHeader.GrpcStatus)));
    }

    private bool IsWanted(StreamResetReason reason, bool requestStarted)
    {
        if (reason == StreamResetReason.Overflow)
        {
            return false; // this proxy's own limit
        }

        return Has(RetryConditions.Reset | RetryConditions.ServerError | RetryConditions.GatewayError)
            || (Has(RetryConditions.ResetBeforeRequest) && !requestStarted)
            || (Has(RetryConditions.RefusedStream) && reason == StreamResetReason.RemoteRefusedStreamReset)
            || (Has(RetryConditions.ConnectFailure) && reason is StreamResetReason.RemoteConnectionFailure
                or StreamResetReason.LocalConnectionFailure or StreamResetReason.ConnectionTimeout);
    }

    private bool HasAskedHeader(HeaderMap headers)
    {
        foreach (var name in _askedHeaders)
        {
            if (headers.Contains(name))
            {
                return true;
            }
        }

        return false;
    }

    private RetryVerdict Decide(bool wanted)
    {
        var stats = _cluster!.Stats;
        if (_reserved && !wanted)
        {
            stats.Increment(ClusterStats.RequestRetrySuccess);
            _counters.Increment(RouteStats.RetrySuccess);
        }

        Release();
        if (!wanted)
        {
            return RetryVerdict.No;
        }

        if (_left == 0)
        {
            stats.Increment(ClusterStats.RequestRetryLimitExceeded);
            _counters.Increment(RouteStats.RetryLimitExceeded);
            return RetryVerdict.LimitExceeded;
        }

        _left--;
        if (!_cluster.TryStartRetry(_priority))
        {
            stats.Increment(ClusterStats.RequestRetryOverflow);
            _counters.Increment(RouteStats.RetryOverflow);
            return RetryVerdict.Overflow;
        }

        if (!_use.Includes(_worker.Random.Next()))
        {
            _cluster.EndRetry(_priority);
            return RetryVerdict.No;
        }

        _reserved = true;
        stats.Increment(ClusterStats.RequestRetry);
        _counters.Increment(RouteStats.Retry);
        return RetryVerdict.Yes;
    }

    private void Release()
    {
        if (_reserved)
        {
            _reserved = false;
            _cluster!.EndRetry(_priority);
        }
    }

    private long ResetInterval(HeaderMap headers)
    {
        foreach (var header in _policy.ResetHeaders)
        {
            if (header.Name.TryGet(headers, out var value) && TryParse(value, out var seconds) && seconds < int.MaxValue * 4L)
            {
                var interval = 1000 * ((long)seconds - (header.IsTimestamp ? _worker.UtcNow.ToUnixTimeSeconds() : 0));
                if (interval > 0 && interval <= _policy.MaxResetMilliseconds)
                {
                    return interval;
                }
            }
        }

        return 0;
    }
}
