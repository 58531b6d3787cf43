using System.Net;
using System.Text;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Http.H1;
using Proxy.Observability;
using Proxy.Routing;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>What a connection manager changes in the head of a request before filters see it: who the client is, what it may ask for, what upstreams are told.</summary>
/// <remarks>Immutable, shared by all workers. The order of steps is the order in which headers appear upstream.</remarks>
internal sealed class RequestMutator
{
    private readonly HttpConnectionManagerConfig _config;
    private readonly InternalAddresses _internal;
    private readonly Action<HeaderMap> _removeInternalOnly;
    private readonly ClientFinder[] _finders;
    private readonly byte[] _scheme;
    private readonly ClientCertHeader _clientCert;
    private readonly byte[] _via;
    private readonly byte[] _cluster;
    private readonly byte[] _node;

    /// <param name="config">The connection manager's record.</param>
    /// <param name="cluster">Name of this node's cluster.</param>
    /// <param name="node">Name of this node.</param>
    /// <param name="removeInternalOnly">Removes the headers that only internal requests may carry.</param>
    public RequestMutator(HttpConnectionManagerConfig config, string cluster, string node, Action<HeaderMap> removeInternalOnly)
    {
        _config = config;
        _removeInternalOnly = removeInternalOnly;
        _finders = [.. config.OriginalAddresses.Select(ClientFinder.Of)];
        _clientCert = new ClientCertHeader(config.ForwardClientCert, config.ClientCertDetails);
        _scheme = Encoding.ASCII.GetBytes(config.SchemeOverride);
        _internal = new InternalAddresses(config.InternalRanges, config.UnixSocketsAreInternal);
        _via = Encoding.ASCII.GetBytes(config.Via);
        _cluster = Encoding.ASCII.GetBytes(cluster);
        _node = Encoding.ASCII.GetBytes(node);
    }

    /// <summary>Changes of the head in front of all others.</summary>
    public HeaderMutations Early { get; init; } = HeaderMutations.None;

    /// <summary>Changes the head of a request; answers the status that it is to be refused with, 0 for none.</summary>
    public int Apply(HeaderMap headers, PeerAddress peer, StreamInfo info, Worker worker)
    {
        if (!Early.IsEmpty)
        {
            Early.Apply(headers, new AccessLogEntry { Worker = worker, Info = info, RequestHeaders = headers });
        }

        RemoveHopHeaders(headers);
        SanitizeReferer(headers);
        if (!TryFindClient(headers, peer, out var client, out var mayBeInternal, out var rejectStatus))
        {
            return rejectStatus;
        }

        info.TrustedRemote = ReferenceEquals(client, peer.EndPoint) ? null : client;
        info.SchemeMatchesUpstream = _config.SchemeMatchesUpstream;
        SetScheme(headers);
        var isInternal = mayBeInternal && _internal.Contains(client);
        var isEdge = !isInternal && _config.UseRemoteAddress;
        if (isInternal)
        {
            headers.Set(KnownHeader.XEnvoyInternal, "true"u8);
        }
        else
        {
            RemoveInternalHeaders(headers, isEdge);
        }

        if (_config.AddUserAgent)
        {
            AddUserAgent(headers);
        }

        if (_via.Length > 0)
        {
            headers.Append(KnownHeader.Via, _via, ", "u8);
        }

        if (isEdge && client is IPEndPoint)
        {
            SetExternalAddress(headers, client, peer);
        }

        if (_config.GenerateRequestId)
        {
            SetRequestId(headers, isEdge, worker);
        }

        _clientCert.Apply(headers, peer);
        return 0;
    }

    private void SetRequestId(HeaderMap headers, bool isEdge, Worker worker)
    {
        if (!headers.TryGet(KnownHeader.XRequestId, out var id) || (isEdge && !_config.PreserveExternalRequestId))
        {
            RequestIds.Set(headers, worker.Random);
        }
        else if (isEdge && _config.PackTraceReason)
        {
            RequestIds.MarkUntraced(headers, id);
        }
    }

    // The codec has removed what the connection header nominates; an upgrade keeps its headers, they are meant for the upstream.
    private static void RemoveHopHeaders(HeaderMap headers)
    {
        if (!Upgrades.IsUpgrade(headers))
        {
            headers.Remove(KnownHeader.Connection);
            headers.Remove(KnownHeader.Upgrade);
            ReduceTe(headers);
        }

        headers.Remove(KnownHeader.XEnvoyInternal);
        headers.Remove(KnownHeader.KeepAlive);
        headers.Remove(KnownHeader.ProxyConnection);
        headers.Remove(KnownHeader.TransferEncoding);
    }

    private static void ReduceTe(HeaderMap headers)
    {
        if (!headers.TryGet(KnownHeader.Te, out var codings))
        {
            return;
        }

        if (TokenList.Contains(codings, "trailers"u8))
        {
            headers.Set(KnownHeader.Te, "trailers"u8);
        }
        else
        {
            headers.Remove(KnownHeader.Te);
        }
    }

    private static void SanitizeReferer(HeaderMap headers)
    {
        if (!headers.TryGet(KnownHeader.Referer, out var referer))
        {
            return;
        }

        var host = AsciiBytes.EqualsIgnoreCase(referer[..Math.Min(7, referer.Length)], "http://"u8) ? referer[7..]
            : AsciiBytes.EqualsIgnoreCase(referer[..Math.Min(8, referer.Length)], "https://"u8) ? referer[8..]
            : default;
        if (host.IsEmpty || host[0] is (byte)'/' or (byte)'?' or (byte)'#')
        {
            headers.Remove(KnownHeader.Referer);
        }
    }

    private bool TryFindClient(HeaderMap headers, PeerAddress peer, out EndPoint client, out bool mayBeInternal, out int rejectStatus)
    {
        rejectStatus = 0;
        IPEndPoint? found;
        if (_config.UseRemoteAddress)
        {
            found = FindAtTheEdge(headers, peer, out mayBeInternal);
        }
        else if (_finders.Length > 0)
        {
            found = FindByExtensions(headers, peer, out mayBeInternal, out rejectStatus);
        }
        else
        {
            found = FindByHops(headers, peer, out mayBeInternal);
        }

        client = found ?? peer.EndPoint;
        if (!headers.Contains(KnownHeader.XForwardedProto))
        {
            headers.Set(KnownHeader.XForwardedProto, ProtocolOf(peer));
        }

        return rejectStatus == 0;
    }

    private IPEndPoint? FindAtTheEdge(HeaderMap headers, PeerAddress peer, out bool mayBeInternal)
    {
        var hasList = headers.TryGet(KnownHeader.XForwardedFor, out var list);
        mayBeInternal = !hasList;
        var found = _config.TrustedHops > 0 && hasList ? peer.Forwarded.Find(list, _config.TrustedHops - 1, out _) : null;
        if (!_config.SkipXffAppend)
        {
            AppendPeer(headers, peer);
        }

        if (_config.TrustedHops == 0 || !headers.Contains(KnownHeader.XForwardedProto))
        {
            headers.Set(KnownHeader.XForwardedProto, ProtocolOf(peer));
        }

        if (_config.AppendForwardedPort && peer.LocalPort > 0 && (_config.TrustedHops == 0 || !headers.Contains(KnownHeader.XForwardedPort)))
        {
            headers.Set(KnownHeader.XForwardedPort, peer.LocalPort);
        }

        return found;
    }

    private IPEndPoint? FindByHops(HeaderMap headers, PeerAddress peer, out bool mayBeInternal)
    {
        mayBeInternal = false;
        if (!headers.TryGet(KnownHeader.XForwardedFor, out var list))
        {
            return null;
        }

        var found = peer.Forwarded.Find(list, _config.TrustedHops, out var isOnly);
        mayBeInternal = found is not null && isOnly;
        return found;
    }

    private IPEndPoint? FindByExtensions(HeaderMap headers, PeerAddress peer, out bool mayBeInternal, out int rejectStatus)
    {
        foreach (var finder in _finders)
        {
            var finding = finder.Find(headers, peer);
            if (finding.RejectStatus > 0)
            {
                mayBeInternal = false;
                rejectStatus = finding.RejectStatus;
                return null;
            }

            if (finder.AppendsPeer)
            {
                AppendPeer(headers, peer);
            }

            if (finding.Address is not null)
            {
                mayBeInternal = finding.MayBeInternal;
                rejectStatus = 0;
                return finding.Address;
            }
        }

        mayBeInternal = false;
        rejectStatus = 0;
        return null;
    }

    // A port that stands for TLS is one where somebody in front has taken it off; on one that stands for none TLS was put on in front.
    private ReadOnlySpan<byte> ProtocolOf(PeerAddress peer)
    {
        if (_config.HttpsPorts.Count > 0 && _config.HttpsPorts.Contains(peer.LocalPort))
        {
            return "https"u8;
        }

        var isPlain = !peer.IsTls || (_config.HttpPorts.Count > 0 && _config.HttpPorts.Contains(peer.LocalPort));
        return isPlain ? "http"u8 : "https"u8;
    }

    private static void AppendPeer(HeaderMap headers, PeerAddress peer)
    {
        var own = peer.ForwardedText;
        if (own.IsEmpty)
        {
            return;
        }

        headers.Append(KnownHeader.XForwardedFor, own, headers.Get(KnownHeader.XForwardedFor).IsEmpty ? default : ","u8);
    }

    private void SetScheme(HeaderMap headers)
    {
        if (_scheme.Length > 0)
        {
            headers.Set(KnownHeader.Scheme, _scheme);
            return;
        }

        if (headers.Contains(KnownHeader.Scheme))
        {
            return;
        }

        var forwarded = headers.Get(KnownHeader.XForwardedProto);
        headers.Set(KnownHeader.Scheme, AsciiBytes.EqualsIgnoreCase(forwarded, "https"u8) ? "https"u8 : "http"u8);
    }

    private void RemoveInternalHeaders(HeaderMap headers, bool isEdge)
    {
        if (isEdge)
        {
            headers.Remove(KnownHeader.XEnvoyDecoratorOperation);
            headers.Remove(KnownHeader.XEnvoyDownstreamServiceCluster);
            headers.Remove(KnownHeader.XEnvoyDownstreamServiceNode);
            headers.Remove(KnownHeader.XEnvoyOriginalPath);
        }

        ReadOnlySpan<KnownHeader> reserved =
        [
            KnownHeader.XEnvoyRetriableStatusCodes, KnownHeader.XEnvoyRetriableHeaderNames, KnownHeader.XEnvoyRetryOn, KnownHeader.XEnvoyRetryGrpcOn,
            KnownHeader.XEnvoyMaxRetries, KnownHeader.XEnvoyUpstreamAltStatName, KnownHeader.XEnvoyUpstreamRqTimeoutMs,
            KnownHeader.XEnvoyUpstreamRqPerTryTimeoutMs, KnownHeader.XEnvoyUpstreamRqTimeoutAltResponse, KnownHeader.XEnvoyExpectedRqTimeoutMs,
            KnownHeader.XEnvoyForceTrace, KnownHeader.XEnvoyIpTags, KnownHeader.XEnvoyHedgeOnPerTryTimeout, KnownHeader.XEnvoyUpstreamStreamDurationMs,
        ];
        foreach (var id in reserved)
        {
            headers.Remove(id);
        }

        headers.Remove("x-envoy-original-url"u8);
        _removeInternalOnly(headers);
    }

    private void AddUserAgent(HeaderMap headers)
    {
        headers.Set(KnownHeader.XEnvoyDownstreamServiceCluster, _cluster);
        if (headers.Get(KnownHeader.UserAgent).IsEmpty)
        {
            headers.Set(KnownHeader.UserAgent, _cluster);
        }

        if (_node.Length > 0)
        {
            headers.Set(KnownHeader.XEnvoyDownstreamServiceNode, _node);
        }
    }

    private static void SetExternalAddress(HeaderMap headers, EndPoint client, PeerAddress peer)
    {
        if (ReferenceEquals(client, peer.EndPoint))
        {
            headers.Set(KnownHeader.XEnvoyExternalAddress, peer.Text);
            return;
        }

        Span<byte> text = stackalloc byte[65];
        if (((IPEndPoint)client).Address.TryFormat(text, out var length))
        {
            headers.Set(KnownHeader.XEnvoyExternalAddress, text[..length]);
        }
    }
}
