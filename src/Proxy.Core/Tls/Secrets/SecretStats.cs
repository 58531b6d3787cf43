using Proxy.Stats;

namespace Proxy.Tls.Secrets;

/// <summary>What is counted of a secret besides its subscription, under <c>sds.NAME.</c></summary>
internal static class SecretStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId RotationFailed = Schema.Counter("key_rotation_failed");
}

/// <summary>What TLS towards clients counts of its secrets.</summary>
internal static class DownstreamSecretStats
{
    public const string Prefix = "server_ssl_socket_factory.";
    public static readonly StatSchema Schema = new();
    public static readonly CounterId Updated = Schema.Counter("ssl_context_update_by_sds");
    public static readonly CounterId NotReady = Schema.Counter("downstream_context_secrets_not_ready");
}

/// <summary>What TLS towards upstreams counts of its secrets.</summary>
internal static class UpstreamSecretStats
{
    public const string Prefix = "client_ssl_socket_factory.";
    public static readonly StatSchema Schema = new();
    public static readonly CounterId Updated = Schema.Counter("ssl_context_update_by_sds");
    public static readonly CounterId NotReady = Schema.Counter("upstream_context_secrets_not_ready");
}
