using Proxy.Clusters;
using Proxy.Http;
using Proxy.Routing.Actions;
using Proxy.Routing.Hashing;

namespace Proxy.Filters.Http.Router;

// Which host a try goes to.
internal sealed partial class RouterFilter
{
    private List<Host>? _tried;
    private List<byte[]>? _newCookies; // for clients that come back to the same host by them
    private ulong? _hash;
    private UInt128 _avoidedPriorities; // one bit each

    private void HashRequest(ForwardAction forward, HeaderMap headers)
    {
        if (forward.Hash is { } policies && _cluster!.PicksByHash)
        {
            _newCookies ??= [];
            _hash = policies.Compute(new HashInput
            {
                Headers = headers, Downstream = Info.Downstream, Info = Info, NewCookies = _newCookies, Scratch = _worker.Text,
            });
        }
    }

    private Host? ChooseHost(HeaderMap headers, int attempt = 0)
    {
        return _cluster!.ChooseHost(new LoadBalancerContext
        {
            RequestHeaders = headers, Downstream = Info.Downstream, Info = Info, Hash = _hash, Attempt = attempt, AvoidedPriorities = _avoidedPriorities,
        });
    }

    // Balancers do not know which hosts were tried: they are asked again, within reason.
    private Host? ChooseHostForRetry(HeaderMap headers)
    {
        var host = ChooseHost(headers);
        for (var attempt = 1; attempt <= _forward!.Retries.Config.HostSelectionAttempts && host is not null && IsToAvoid(host); attempt++)
        {
            host = ChooseHost(headers, attempt);
        }

        return host;
    }

    private bool IsToAvoid(Host host)
    {
        var policy = _forward!.Retries;
        return (policy.AvoidsPreviousHosts && _tried is not null && _tried.Contains(host)) || policy.Avoids(host);
    }

    private void NoteTried(Host host)
    {
        _requestStarted = false;
        if (IsRetrying && _forward!.Retries is { NotesHosts: true } policy)
        {
            (_tried ??= []).Add(host);
            NotePriorities(policy, _tried);
        }
    }

    // Which priorities were tried is looked at every so many tries only.
    private void NotePriorities(RetryPolicy policy, List<Host> tried)
    {
        if (policy.Config.Priority is not { UpdateFrequency: var frequency } || tried.Count % frequency != 0)
        {
            return;
        }

        foreach (var host in tried)
        {
            _avoidedPriorities |= UInt128.One << Math.Min(host.Priority, 127);
        }
    }

    private void AddNewCookies(HeaderMap response)
    {
        if (_newCookies is { Count: > 0 } cookies)
        {
            foreach (var cookie in cookies)
            {
                response.Add(KnownHeader.SetCookie, cookie);
            }
        }
    }

    private void RecycleHash()
    {
        _tried?.Clear();
        _newCookies?.Clear();
        _hash = null;
        _avoidedPriorities = 0;
    }
}
