namespace Proxy.Stats;

/// <summary>Envoy's default tags, as rules.</summary>
internal static class StatTagRules
{
    public const string ResponseCode = "envoy.response_code";
    public const string ResponseCodeClass = "envoy.response_code_class";

    // A name may match several rules: each takes its own token out. Envoy's tag names are kept for dashboards' sake.
    private static readonly (string Tag, string Pattern)[] Table =
    [
        ("envoy.cluster_name", "cluster.$.**"),
        ("envoy.ext_authz_prefix", "cluster.*.ext_authz.$.*"),
        ("envoy.grpc_bridge_service", "cluster.*.grpc.$.**"),
        ("envoy.grpc_bridge_method", "cluster.*.grpc.*.$.**"),
        ("cipher_suite", "cluster.*.ssl.ciphers.$"),
        ("envoy.ssl_curve", "cluster.*.ssl.curves.$"),
        ("envoy.ssl_sigalg", "cluster.*.ssl.sigalgs.$"),
        ("envoy.ssl_version", "cluster.*.ssl.versions.$"),
        ("envoy.tls_certificate", "cluster.*.ssl.certificate.$.**"),
        ("envoy.http_conn_manager_prefix", "http.$.**"),
        ("envoy.ext_authz_prefix", "http.*.ext_authz.$.*"),
        ("envoy.rbac_policy_name", "http.*.rbac.policy.$.**"),
        ("envoy.rbac_http_prefix", "http.*.rbac.$.*"),
        ("envoy.rds_route_config", "http.*.rds.$.*"),
        ("envoy.scoped_rds_config", "http.*.scoped_rds.$.*"),
        ("envoy.listener_address", "listener.$.**"),
        ("envoy.http_conn_manager_prefix", "listener.*.http.$.**"),
        ("envoy.worker_id", "listener.*.worker_$.**"),
        ("envoy.ssl_cipher", "listener.*.ssl.ciphers.$"),
        ("envoy.ssl_curve", "listener.*.ssl.curves.$"),
        ("envoy.ssl_sigalg", "listener.*.ssl.sigalgs.$"),
        ("envoy.ssl_version", "listener.*.ssl.versions.$"),
        ("envoy.tls_certificate", "listener.*.ssl.certificate.$.**"),
        ("envoy.virtual_host", "vhost.$.**"),
        ("envoy.virtual_cluster", "vhost.*.vcluster.$.**"),
        ("envoy.route", "vhost.*.route.$.**"),
        ("envoy.tcp_prefix", "tcp.$.**"),
        ("envoy.udp_prefix", "udp.$.**"),
        ("envoy.connection_limit_prefix", "connection_limit.$.**"),
        ("envoy.ratelimit_prefix", "ratelimit.$.**"),
        ("envoy.local_network_ratelimit_prefix", "local_rate_limit.$.**"),
        ("envoy.local_listener_ratelimit_prefix", "listener_local_ratelimit.$.**"),
        ("envoy.xds_resource_name", "sds.$.**"),
        ("envoy.proxy_protocol_version", "proxy_proto.!versions.!v$.**"),
        ("envoy.worker_id", "listener_manager.worker_$.**"),
        ("envoy.worker_id", "thread_local_cluster_manager.worker_$.**"),
        ("envoy.worker_id", "server.worker_$.**"),
        ("envoy.local_http_ratelimit_prefix", "$.http_local_rate_limit.**"),
        ("envoy.rbac_prefix", "$.rbac.**"),
    ];

    /// <summary>Names of all default tags.</summary>
    public static readonly HashSet<string> Names = [ResponseCode, ResponseCodeClass, .. Table.Select(row => row.Tag)];

    private static readonly Dictionary<string, StatTagRule[]> ByFirstToken = Table
        .Select(row => new StatTagRule(row.Tag, row.Pattern))
        .GroupBy(rule => rule.FirstToken)
        .ToDictionary(group => group.Key, group => group.ToArray());

    /// <summary>The rules that may match a name with these tokens.</summary>
    public static IReadOnlyList<StatTagRule> For(IReadOnlyList<StatToken> tokens)
    {
        return ByFirstToken.TryGetValue(tokens[0].Text, out var rules) ? rules : ByFirstToken["$"];
    }

    /// <summary>Splits a name at its dots, except those inside a listener's address, a route table's name or a TLS version.</summary>
    public static List<StatToken> Split(string name)
    {
        var tokens = new List<StatToken>();
        var start = 0;
        foreach (var text in name.Split('.'))
        {
            tokens.Add(new StatToken(text, start));
            start += text.Length + 1;
        }

        switch (tokens.ConvertAll(token => token.Text))
        {
            case ["listener", "admin", ..]:
                tokens[1] = tokens[1] with { Text = "" }; // the admin listener's name is no address
                break;
            case ["listener", _, _, ..]:
                Join(tokens, 1, AddressTokens(tokens));
                JoinVersion(tokens);
                break;
            case ["cluster", ..]:
                JoinVersion(tokens);
                break;
            case ["http", _, "rds", _, _, ..]:
                Join(tokens, 3, tokens.Count - 4);
                break;
        }

        return tokens;
    }

    private static void JoinVersion(List<StatToken> tokens)
    {
        if (tokens.Count > 5 && tokens[2].Text == "ssl" && tokens[3].Text == "versions")
        {
            Join(tokens, 4, tokens.Count - 4);
        }
    }

    // 127.0.0.1_80 and [2001_db8__7.1]_80 hold dots.
    private static int AddressTokens(List<StatToken> tokens)
    {
        var last = 1;
        for (var i = 1; i < tokens.Count - 1 && tokens[i].Text.All(IsAddressChar); i++)
        {
            last = i;
        }

        return last;
    }

    private static bool IsAddressChar(char c) => char.IsAsciiHexDigit(c) || c is '_' or '[' or ']';

    private static void Join(List<StatToken> tokens, int start, int count)
    {
        if (count > 1)
        {
            var parts = tokens.GetRange(start, count);
            tokens[start] = new StatToken(string.Join('.', parts.Select(part => part.Text)), parts[0].Start);
            tokens.RemoveRange(start + 1, count - 1);
        }
    }
}
