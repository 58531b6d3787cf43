using System.Net;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Routing;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>One configured way to find the client behind other proxies. Immutable, shared by all workers.</summary>
internal abstract class ClientFinder
{
    private const int DefaultReject = 403;

    /// <summary>The peer is added to <c>x-forwarded-for</c>.</summary>
    public virtual bool AppendsPeer => false;

    public static ClientFinder Of(OriginalAddressConfig config) => config switch
    {
        HeaderAddressConfig header => new ByHeader(header),
        ForwardedForConfig { TrustedProxies.Count: > 0 } list => new ByProxies(list),
        _ => new ByHops((ForwardedForConfig)config),
    };

    public abstract Finding Find(HeaderMap headers, PeerAddress peer);

    /// <summary>What was found.</summary>
    /// <param name="Address">The client; null when it was not found.</param>
    /// <param name="MayBeInternal">The address may make the request an internal one.</param>
    /// <param name="RejectStatus">Refuse the request with this status; 0 lets it pass.</param>
    public readonly record struct Finding(IPEndPoint? Address, bool MayBeInternal, int RejectStatus = 0);

    private sealed class ByHops(ForwardedForConfig config) : ClientFinder
    {
        public override bool AppendsPeer => !config.SkipAppend;

        public override Finding Find(HeaderMap headers, PeerAddress peer)
        {
            if (!headers.TryGet(KnownHeader.XForwardedFor, out var list))
            {
                return default;
            }

            var found = peer.Forwarded.Find(list, config.TrustedHops, out var isOnly);
            return new Finding(found, found is not null && isOnly);
        }
    }

    private sealed class ByProxies : ClientFinder
    {
        private readonly InternalAddresses _proxies;

        public ByProxies(ForwardedForConfig config)
        {
            _proxies = new InternalAddresses(config.TrustedProxies, unixSockets: false);
            AppendsPeer = !config.SkipAppend;
        }

        public override bool AppendsPeer { get; }

        // From the end of the list to the first that is no proxy of ours; what is in front of it anybody may have written.
        public override Finding Find(HeaderMap headers, PeerAddress peer)
        {
            if (!_proxies.Contains(peer.EndPoint) || !headers.TryGet(KnownHeader.XForwardedFor, out var list) || list.IsEmpty)
            {
                return default;
            }

            for (var i = 0; ; i++)
            {
                var found = peer.Forwarded.Find(list, i, out _);
                if (found is null || !_proxies.Contains(found) || i == list.Count((byte)','))
                {
                    return new Finding(found, MayBeInternal: false);
                }
            }
        }
    }

    private sealed class ByHeader : ClientFinder
    {
        private readonly HeaderName _name;
        private readonly bool _isTrusted;
        private readonly int _rejectStatus;

        public ByHeader(HeaderAddressConfig config)
        {
            _name = HeaderName.Of(config.HeaderName);
            _isTrusted = config.IsTrusted;
            _rejectStatus = config.RejectStatus switch
            {
                null => 0,
                >= 400 and < 512 => config.RejectStatus.Value,
                _ => DefaultReject,
            };
        }

        public override Finding Find(HeaderMap headers, PeerAddress peer)
        {
            var found = _name.TryGet(headers, out var value) && !value.Contains((byte)',') ? peer.Forwarded.Find(value, 0, out _) : null;
            return found is null ? new Finding(null, false, _rejectStatus) : new Finding(found, _isTrusted);
        }
    }
}
