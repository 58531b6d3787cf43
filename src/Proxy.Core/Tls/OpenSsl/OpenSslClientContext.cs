using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Tls;

namespace Proxy.Tls.OpenSsl;

/// <summary>TLS towards upstreams. It keeps sessions to be resumed, for all workers.</summary>
internal sealed unsafe class OpenSslClientContext : OpenSslContext
{
    private readonly Lock _lock = new();
    private readonly LinkedList<nint> _sessions = new(); // newest first
    private readonly int _maxSessions;
    private readonly byte[] _protocols;

    public OpenSslClientContext(UpstreamTlsConfig config)
        : base(config.Common, LibSsl.ClientMethod(), isClient: true)
    {
        if (Loaded.Length > 1)
        {
            throw new ConfigException("common_tls_context.tls_certificates", "multiple TLS certificates are not supported in client contexts");
        }

        if (Loaded is [var certificate])
        {
            Use(certificate);
        }

        _protocols = AlpnList.Encode(config.Common.ApplicationProtocols);
        LibSsl.SetVerify(Handle, OpenSslConstants.VerifyPeer, 0);
        LibSsl.SetVerifyCallback(Handle, &OpenSslCallbacks.OnVerify, null); // what a key may be used for is checked even where nothing else is
        _maxSessions = config.MaxSessions;
        if (_maxSessions > 0)
        {
            LibSsl.ContextControl(Handle, OpenSslConstants.ControlSessionCacheMode, OpenSslConstants.CacheClient | OpenSslConstants.CacheNoInternal, null);
            LibSsl.SetNewSessionCallback(Handle, &OpenSslCallbacks.OnNewSession);
        }
    }

    public override TlsSession CreateSession(in TlsSessionOptions options)
    {
        var session = new OpenSslSession(this, Handle, options);
        LibSsl.SetConnectState(session.Ssl);
        if (options.ServerName is { Length: > 0 } name)
        {
            fixed (byte* text = Encoding.UTF8.GetBytes(name + '\0'))
            {
                LibSsl.Control(session.Ssl, OpenSslConstants.ControlSetServerName, 0, text);
            }
        }

        var protocols = _protocols.Length == 0 && options.FallbackProtocols is { Count: > 0 } fallback ? AlpnList.Encode(fallback) : _protocols;
        fixed (byte* list = protocols)
        {
            _ = LibSsl.SetProtocols(session.Ssl, list, (uint)protocols.Length);
        }

        if (options.WantedNames is not { Count: > 0 })
        {
            Resume(session.Ssl); // a resumed session has no certificate to be checked against names of this request
        }

        return session;
    }

    /// <summary>Takes a session that a server offers to resume; false leaves it to the caller.</summary>
    public bool Keep(nint session)
    {
        lock (_lock)
        {
            _sessions.AddFirst(session);
            while (_sessions.Count > _maxSessions)
            {
                LibSsl.SessionFree(_sessions.Last!.Value);
                _sessions.RemoveLast();
            }
        }

        return true;
    }

    protected override void Dispose(bool disposing)
    {
        lock (_lock)
        {
            foreach (var session in _sessions)
            {
                LibSsl.SessionFree(session);
            }

            _sessions.Clear();
        }

        base.Dispose(disposing);
    }

    // A session of TLS 1.3 is used once, so that an observer cannot link connections by it.
    private void Resume(nint ssl)
    {
        if (_maxSessions == 0)
        {
            return;
        }

        lock (_lock)
        {
            if (_sessions.First?.Value is not { } session)
            {
                return;
            }

            _ = LibSsl.SetSession(ssl, session);
            if (LibSsl.SessionVersion(session) == OpenSslConstants.Tls13)
            {
                _sessions.RemoveFirst();
                LibSsl.SessionFree(session);
            }
        }
    }
}
