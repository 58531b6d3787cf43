using Proxy.Stats;

namespace Proxy.Tls.Secrets;

/// <summary>What is counted of a secret besides its subscription, under <c>sds.NAME.</c></summary>
internal static class SecretStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId RotationFailed = Schema.Counter("key_rotation_failed");
}

/// <summary>What TLS towards one side counts of its secrets.</summary>
internal sealed class SecretUserStats
{
    private SecretUserStats(string prefix, string notReady)
    {
        Prefix = prefix;
        Updated = Schema.Counter("ssl_context_update_by_sds");
        NotReady = Schema.Counter(notReady);
    }

    public static SecretUserStats Downstream { get; } = new("server_ssl_socket_factory.", "downstream_context_secrets_not_ready");

    public static SecretUserStats Upstream { get; } = new("client_ssl_socket_factory.", "upstream_context_secrets_not_ready");

    public string Prefix { get; }

    public StatSchema Schema { get; } = new();

    /// <summary>A secret came, and is in use.</summary>
    public CounterId Updated { get; }

    /// <summary>A connection came before the secrets.</summary>
    public CounterId NotReady { get; }
}
