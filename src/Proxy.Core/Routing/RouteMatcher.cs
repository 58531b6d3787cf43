using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Matching;
using Proxy.Routing.Indexing;
using Proxy.Routing.Matching;

namespace Proxy.Routing;

/// <summary>All conditions of one route. Immutable; decides without allocation.</summary>
internal sealed class RouteMatcher
{
    private readonly HeaderMatcher[] _headers;
    private readonly QueryParameterMatcher[] _query;
    private readonly CookieMatcher[] _cookies;
    private readonly MetadataMatcher[] _metadata;
    private readonly FilterStateMatcher[] _filterState;
    private readonly bool? _presented;
    private readonly bool? _validated;
    private readonly RuntimeFraction? _fraction;
    private readonly bool _grpc;
    private readonly bool _isConditional; // any of the above

    private RouteMatcher(RouteMatchConfig config, RouteTableContext context, string path, FaultList faults)
    {
        Path = PathMatcher.Compile(config, path, faults);
        _headers = CompileEach(config.Headers, path, "headers", faults, HeaderMatcher.Compile);
        _query = CompileEach(config.QueryParameters, path, "query_parameters", faults, QueryParameterMatcher.Compile);
        _cookies = CompileEach(config.Cookies, path, "cookies", faults, CookieMatcher.Compile);
        _metadata = CompileEach(config.DynamicMetadata, path, "dynamic_metadata", faults, MetadataMatcher.Compile);
        _filterState = CompileEach(config.FilterState, path, "filter_state", faults, FilterStateMatcher.Compile);
        _presented = config.CertificatePresented;
        _validated = config.CertificateValidated;
        _fraction = config.RuntimeFraction is { } fraction ? RuntimeFraction.Compile(fraction, context.Runtime) : null;
        _grpc = config.Grpc;
        _isConditional = _fraction is not null || _presented is not null || _validated is not null || _grpc || _headers.Length + _query.Length + _cookies.Length + _metadata.Length + _filterState.Length > 0;
    }

    /// <summary>The condition on the path.</summary>
    public PathMatcher Path { get; }

    /// <summary>What an index over routes needs to know.</summary>
    public PathKey Key => PathKey.Of(Path, _isConditional);

    public static RouteMatcher Compile(RouteMatchConfig config, RouteTableContext context, string path, FaultList faults)
    {
        return new RouteMatcher(config, context, path, faults);
    }

    /// <summary>True when the request fulfils every condition.</summary>
    public bool Matches(in RequestTarget target, in RouteQuery query)
    {
        var pathMatches = Path.Kind == PathMatchKind.Connect ? target.IsConnect : target.HasPath && Path.Matches(target.Path);
        return pathMatches && (!_isConditional || MatchesRest(target, query));
    }

    private static TMatcher[] CompileEach<TConfig, TMatcher>(
        ConfigList<TConfig> configs, string path, string field, FaultList faults, Func<TConfig, string, FaultList, TMatcher> compile)
    {
        var matchers = configs.Count == 0 ? [] : new TMatcher[configs.Count];
        for (var i = 0; i < matchers.Length; i++)
        {
            matchers[i] = compile(configs[i], $"{path}.{field}[{i}]", faults);
        }

        return matchers;
    }

    private bool MatchesRest(in RequestTarget target, in RouteQuery query)
    {
        if (_fraction is { } fraction && !fraction.Includes(query.Random))
        {
            return false;
        }

        var tls = query.Info.Downstream?.Tls;
        if ((_presented is { } presented && presented != (tls?.PeerCertificate is not null)) || (_validated is { } validated && validated != (tls?.IsPeerValidated ?? false)))
        {
            return false;
        }

        if (_grpc && !GrpcRequest.Is(query.Headers))
        {
            return false;
        }

        foreach (var header in _headers)
        {
            if (!header.Matches(query.Headers))
            {
                return false;
            }
        }

        foreach (var parameter in _query)
        {
            if (!parameter.Matches(target.Query))
            {
                return false;
            }
        }

        foreach (var cookie in _cookies)
        {
            if (!cookie.Matches(query.Headers))
            {
                return false;
            }
        }

        return MatchesFilterData(query);
    }

    private bool MatchesFilterData(in RouteQuery query)
    {
        foreach (var metadata in _metadata)
        {
            if (!metadata.MatchesDynamic(query.Info))
            {
                return false;
            }
        }

        foreach (var state in _filterState)
        {
            if (!state.Matches(MatchData.Of(query.Headers, query.Info, query.Worker)))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>The parts of a request's target that routes look at, taken apart once.</summary>
internal readonly ref struct RequestTarget
{
    public RequestTarget(HeaderMap headers, bool ignoreParameters = false)
    {
        HasPath = headers.TryGet(KnownHeader.Path, out var target);
        Path = QueryString.Split(target, out var query);
        if (ignoreParameters && Path.Contains((byte)';'))
        {
            Path = WithoutParameters(Path);
        }

        Query = query;
        IsConnect = headers.Get(KnownHeader.Method).SequenceEqual("CONNECT"u8);
    }

    public bool HasPath { get; }

    public ReadOnlySpan<byte> Path { get; }

    public ReadOnlySpan<byte> Query { get; }

    public bool IsConnect { get; }

    // A copy, but only for paths with parameters in tables that were asked to ignore them.
    private static byte[] WithoutParameters(ReadOnlySpan<byte> path)
    {
        var kept = new byte[path.Length];
        var length = 0;
        var isParameter = false;
        foreach (var b in path)
        {
            isParameter = b == (byte)';' || (isParameter && b != (byte)'/');
            if (!isParameter)
            {
                kept[length++] = b;
            }
        }

        return kept[..length];
    }
}

/// <summary>A share of the requests, decided by their chance.</summary>
internal readonly record struct RuntimeFraction(ulong Numerator, ulong Denominator)
{
    private string? Key { get; init; }

    private Hosting.RuntimeSnapshot? Runtime { get; init; }

    /// <summary>Settles the share; with a runtime key, what holds there at each moment: a fraction, or a number for percent.</summary>
    public static RuntimeFraction Compile(FractionConfig config, Hosting.RuntimeSnapshot runtime)
    {
        var share = new RuntimeFraction(config.Numerator, config.Denominator);
        return config.RuntimeKey.Length == 0 ? share : share with { Key = config.RuntimeKey, Runtime = runtime };
    }

    /// <summary>Whether <paramref name="chance"/> falls into the share, of which no more than <paramref name="most"/> parts count unless runtime says the share.</summary>
    public bool Includes(ulong chance, ulong most = ulong.MaxValue)
    {
        return Runtime?.GetShare(Key!) is var (numerator, denominator) ? chance % denominator < numerator : chance % Denominator < Math.Min(Numerator, most);
    }
}

/// <summary>Which requests are gRPC.</summary>
internal static class GrpcRequest
{
    private static ReadOnlySpan<byte> ContentType => "application/grpc"u8;

    /// <summary>True when the content type is <c>application/grpc</c>, alone or with a suffix after a plus sign.</summary>
    public static bool Is(HeaderMap headers)
    {
        return headers.TryGet(KnownHeader.ContentType, out var type)
            && type.StartsWith(ContentType)
            && (type.Length == ContentType.Length || type[ContentType.Length] == (byte)'+')
            && headers.Contains(KnownHeader.Path);
    }
}
