using System.Text;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Workers;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>What a connection manager changes in the head of a response on its way to the client. Immutable, shared by all workers.</summary>
internal sealed class ResponseMutator
{
    private readonly byte[] _server;
    private readonly byte[] _via;
    private readonly ServerHeaderTransformation _transformation;
    private readonly bool _alwaysSetRequestId;

    public ResponseMutator(HttpConnectionManagerConfig config)
    {
        _server = Encoding.ASCII.GetBytes(config.ServerName);
        _via = Encoding.ASCII.GetBytes(config.Via);
        _transformation = config.ServerHeader;
        _alwaysSetRequestId = config.AlwaysSetRequestIdInResponse;
    }

    public void Apply(HeaderMap response, HeaderMap request, Worker worker)
    {
        if (!response.Contains(KnownHeader.Date))
        {
            response.Set(KnownHeader.Date, worker.DateHeader);
        }

        if (_transformation == ServerHeaderTransformation.Overwrite
            || (_transformation == ServerHeaderTransformation.AppendIfAbsent && !response.Contains(KnownHeader.Server)))
        {
            response.Set(KnownHeader.Server, _server);
        }

        RemoveHopHeaders(response, request);
        if ((_alwaysSetRequestId || request.Contains(KnownHeader.XEnvoyForceTrace)) && request.TryGet(KnownHeader.XRequestId, out var id))
        {
            response.Set(KnownHeader.XRequestId, id);
        }

        if (_via.Length > 0)
        {
            response.Append(KnownHeader.Via, _via, ", "u8);
        }
    }

    private static void RemoveHopHeaders(HeaderMap response, HeaderMap request)
    {
        if (Upgrades.IsUpgrade(request) && Upgrades.IsUpgrade(response))
        {
            var isInterim = response.Get(KnownHeader.Status) is [(byte)'1', ..];
            if (!isInterim && !response.Contains(KnownHeader.ContentLength) && !response.Contains(KnownHeader.TransferEncoding))
            {
                response.Set(KnownHeader.ContentLength, 0);
            }
        }
        else
        {
            response.Remove(KnownHeader.Connection);
            response.Remove(KnownHeader.Upgrade);
        }

        response.Remove(KnownHeader.TransferEncoding);
        response.Remove(KnownHeader.KeepAlive);
        response.Remove(KnownHeader.ProxyConnection);
    }
}
