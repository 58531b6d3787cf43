using Proxy.Http;
using Proxy.Stats;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.Cors;

/// <summary>Answers preflight requests of browsers, and tells pages of allowed origins that they may read responses.</summary>
internal sealed class CorsFilter(StatShard stats, IRandomSource random) : HttpFilter
{
    private byte[] _origin = new byte[64]; // an allowed one; route rules may have changed the request's header by the time of the response
    private int _originLength;
    private bool _concerns;

    public override bool IsReusable => true;

    private CorsPolicies Policies => new(Callbacks.RouteConfigs);

    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        var policies = Policies;
        if (policies.First is not { } first || !headers.TryGet("origin"u8, out var origin) || origin.IsEmpty)
        {
            return HeadersStatus.Continue;
        }

        var isEnabled = first.IsEnabled(random.Next());
        if (!isEnabled && !first.IsShadow(random.Next()))
        {
            return HeadersStatus.Continue;
        }

        var isAllowed = policies.Allows(origin);
        stats.Increment(isAllowed ? CorsPolicy.Valid : CorsPolicy.Invalid);
        if (!isEnabled)
        {
            return HeadersStatus.Continue;
        }

        _concerns = true;
        if (isAllowed)
        {
            Keep(origin);
        }

        var isPreflight = headers.Get(KnownHeader.Method).SequenceEqual("OPTIONS"u8)
            && headers.TryGet("access-control-request-method"u8, out var method) && !method.IsEmpty;
        if (!isPreflight || (!isAllowed && policies.ForwardsNotMatchingPreflights))
        {
            return HeadersStatus.Continue;
        }

        Callbacks.SendLocalReply(200, default, "cors_response", AnswerPreflight);
        return HeadersStatus.StopIteration;
    }

    public override HeadersStatus OnResponseHeaders(HeaderMap headers, bool endStream)
    {
        if (!_concerns || _originLength == 0)
        {
            return HeadersStatus.Continue;
        }

        var policies = Policies;
        headers.Set("access-control-allow-origin"u8, _origin.AsSpan(0, _originLength));
        if (policies.AllowsCredentials)
        {
            headers.Set("access-control-allow-credentials"u8, "true"u8);
        }

        SetIfAny(headers, "access-control-expose-headers"u8, policies.ExposeHeaders);
        return HeadersStatus.Continue;
    }

    public override void Recycle()
    {
        _originLength = 0;
        _concerns = false;
    }

    // What every answer to an allowed origin has is added where responses pass.
    private void AnswerPreflight(HeaderMap answer)
    {
        var policies = Policies;
        var request = Callbacks.RequestHeaders;
        if (policies.AllowsCredentials)
        {
            answer.Set("access-control-allow-credentials"u8, "true"u8);
        }

        SetIfAny(answer, "access-control-allow-methods"u8, OrRequested(policies.AllowMethods, request, "access-control-request-method"u8));
        SetIfAny(answer, "access-control-allow-headers"u8, OrRequested(policies.AllowHeaders, request, "access-control-request-headers"u8));
        SetIfAny(answer, "access-control-max-age"u8, policies.MaxAge);
        if (policies.AllowsPrivateNetwork && request.TryGet("access-control-request-private-network"u8, out var wanted) && wanted.SequenceEqual("true"u8))
        {
            answer.Set("access-control-allow-private-network"u8, "true"u8);
        }
    }

    private static ReadOnlySpan<byte> OrRequested(ReadOnlySpan<byte> allowed, HeaderMap request, ReadOnlySpan<byte> header) =>
        !allowed.SequenceEqual("*"u8) ? allowed : request.TryGet(header, out var requested) ? requested : default;

    private static void SetIfAny(HeaderMap headers, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            headers.Set(name, value);
        }
    }

    private void Keep(ReadOnlySpan<byte> origin)
    {
        if (_origin.Length < origin.Length)
        {
            _origin = new byte[origin.Length];
        }

        origin.CopyTo(_origin);
        _originLength = origin.Length;
    }
}
