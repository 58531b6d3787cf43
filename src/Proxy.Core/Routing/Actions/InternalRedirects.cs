using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Streams;

namespace Proxy.Routing.Actions;

/// <summary>Which redirects of the upstream are followed (<see cref="InternalRedirectConfig"/>). Immutable, shared by all workers.</summary>
internal sealed class InternalRedirects
{
    private readonly int[] _statuses;
    private readonly InternalRedirectPredicate[] _predicates;

    private InternalRedirects(InternalRedirectConfig config, HeaderName[] headersToCopy)
    {
        _statuses = [.. config.StatusCodes.Where(static status => status is 301 or 302 or 303 or 307 or 308)];
        _predicates = [.. config.Predicates.Select(InternalRedirectPredicate.Of)];
        Max = config.MaxRedirects;
        AllowCrossScheme = config.AllowCrossScheme;
        HeadersToCopy = headersToCopy;
    }

    /// <summary>Redirects that one request may have followed.</summary>
    public long Max { get; }

    /// <summary>Follows also from http to https and back.</summary>
    public bool AllowCrossScheme { get; }

    /// <summary>Headers of the redirect that replace those of the request.</summary>
    public HeaderName[] HeadersToCopy { get; }

    /// <summary>Compiles a policy, adding faults.</summary>
    public static InternalRedirects? Compile(InternalRedirectConfig? config, string path, FaultList faults)
    {
        if (config is null)
        {
            return null;
        }

        var headers = config.ResponseHeadersToCopy;
        for (var i = 0; i < headers.Count; i++)
        {
            if (headers[i].StartsWith(':') || headers[i].Equals("host", StringComparison.OrdinalIgnoreCase))
            {
                faults.Add($"{path}.response_headers_to_copy[{i}]", "must not be host or begin with a colon");
            }
        }

        return new InternalRedirects(config, [.. headers.Select(HeaderName.Of)]);
    }

    /// <summary>Whether an answer with this status is a redirect to follow.</summary>
    public bool Handles(int status) => Array.IndexOf(_statuses, status) >= 0;

    /// <summary>Whether all predicates agree.</summary>
    public bool Accepts(RedirectHistory history, in RedirectHop hop)
    {
        foreach (var predicate in _predicates)
        {
            if (!predicate.Accepts(history, hop))
            {
                return false;
            }
        }

        return true;
    }
}
