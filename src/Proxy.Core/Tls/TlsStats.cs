using System.Collections.Concurrent;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Tls;

/// <summary>What is counted of TLS on one side of a listener or cluster, under <c>….ssl.</c></summary>
internal sealed class TlsStats
{
    private static readonly StatSchema Schema = new();
    private static readonly CounterId ConnectionError = Schema.Counter("connection_error");
    private static readonly CounterId Handshake = Schema.Counter("handshake");
    private static readonly CounterId SessionReused = Schema.Counter("session_reused");
    private static readonly CounterId NoCertificate = Schema.Counter("no_certificate");
    private static readonly CounterId FailVerifyNoCertificate = Schema.Counter("fail_verify_no_cert");
    private static readonly CounterId FailVerifyError = Schema.Counter("fail_verify_error");
    private static readonly CounterId FailVerifySan = Schema.Counter("fail_verify_san");
    private static readonly CounterId FailVerifyPin = Schema.Counter("fail_verify_cert_hash");
    private static readonly CounterId StapleFailed = Schema.Counter("ocsp_staple_failed");
    private static readonly CounterId StapleOmitted = Schema.Counter("ocsp_staple_omitted");
    private static readonly CounterId StapleRequests = Schema.Counter("ocsp_staple_requests");
    private static readonly CounterId StapleResponses = Schema.Counter("ocsp_staple_responses");

    // One counter a schema: the names are those that handshakes bring.
    private static readonly ConcurrentDictionary<string, (StatSchema Schema, CounterId Id)> Named = new(StringComparer.Ordinal);

    private readonly StatScope _scope;
    private readonly StatGroup _group;
    private readonly ConcurrentDictionary<string, StatGroup> _named = new(StringComparer.Ordinal);

    /// <param name="scope">Whose stats these are.</param>
    /// <param name="prefix">Of the listener or cluster; ends in a dot.</param>
    public TlsStats(StatScope scope, string prefix)
    {
        _scope = scope;
        _group = scope.CreateGroup(Schema, prefix + "ssl.");
    }

    /// <summary>Counts a handshake that is done.</summary>
    public void OnHandshake(Worker worker, TlsInfo info, string peerSignature)
    {
        var shard = _group.Shard(worker);
        shard.Increment(Handshake);
        if (info.IsResumed)
        {
            shard.Increment(SessionReused);
        }

        if (info.PeerCertificate is null)
        {
            shard.Increment(NoCertificate);
        }

        Count(worker, "ciphers.", info.CipherSuite);
        Count(worker, "versions.", info.Version);
        Count(worker, "curves.", info.Curve);
        Count(worker, "sigalgs.", peerSignature);
    }

    /// <summary>Counts a session that broke; one whose peer just left is none.</summary>
    public void OnFailure(Worker worker, TlsVerifyFailure? failure, bool hasReason)
    {
        var shard = _group.Shard(worker);
        if (failure is { } how)
        {
            OnVerifyFailure(shard, how);
        }
        else if (hasReason)
        {
            shard.Increment(ConnectionError);
        }
    }

    /// <summary>Counts a certificate that failed its check but was let through.</summary>
    public void OnVerifyFailure(Worker worker, TlsVerifyFailure failure) => OnVerifyFailure(_group.Shard(worker), failure);

    /// <summary>Counts a client that asked for an OCSP response.</summary>
    public void OnStapleRequest(Worker worker, bool answered)
    {
        var shard = _group.Shard(worker);
        shard.Increment(StapleRequests);
        shard.Increment(answered ? StapleResponses : StapleOmitted);
    }

    private static void OnVerifyFailure(StatShard shard, TlsVerifyFailure failure) => shard.Increment(failure switch
    {
        TlsVerifyFailure.NoCertificate => FailVerifyNoCertificate,
        TlsVerifyFailure.SubjectAltName => FailVerifySan,
        TlsVerifyFailure.Pin => FailVerifyPin,
        _ => FailVerifyError,
    });

    private void Count(Worker worker, string kind, string value)
    {
        if (value.Length == 0)
        {
            return;
        }

        var (schema, id) = Named.GetOrAdd(value, static name =>
        {
            var schema = new StatSchema();
            return (schema, schema.Counter(name));
        });
        _named.GetOrAdd(kind + value, static (_, state) => state.Scope.CreateGroup(state.Schema, state.Prefix), (Scope: _scope, Schema: schema, Prefix: _group.Prefix + kind))
            .Shard(worker).Increment(id);
    }
}
