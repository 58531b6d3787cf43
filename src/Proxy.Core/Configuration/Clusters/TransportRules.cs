using Proxy.Tls;

namespace Proxy.Configuration.Clusters;

/// <summary>Rules of what connections to upstreams are made of.</summary>
internal static class TransportRules
{
    public static void Check(ClusterConfig config, List<ConfigFault> faults)
    {
        Check(config.Transport, "transport_socket", faults);
        for (var i = 0; i < config.TransportMatches.Count; i++)
        {
            var match = config.TransportMatches[i];
            var path = $"transport_socket_matches[{i}]";
            if (match.Name.Length == 0)
            {
                faults.Add(new ConfigFault($"{path}.name", "required"));
            }

            if (MetadataTree.TryParse(match.Labels) is null)
            {
                faults.Add(new ConfigFault($"{path}.match", "must be a JSON object"));
            }

            Check(match.Transport, $"{path}.transport_socket", faults);
        }

        if (config.HealthCheck is { TransportLabels: { Length: > 0 } labels } && MetadataTree.TryParse(labels) is null)
        {
            faults.Add(new ConfigFault("health_checks[0].transport_socket_match_criteria", "must be a JSON object"));
        }

        if (config.Http.Protocol == UpstreamProtocol.Negotiated && config.Transport.Tls is null)
        {
            faults.Add(new ConfigFault("transport_socket", "must be TLS where it negotiates the protocol (auto_config)"));
        }
    }

    private static void Check(UpstreamTransportConfig transport, string path, List<ConfigFault> faults)
    {
        if (transport.Tls is { } tls)
        {
            var found = new FaultList();
            found.Collect(path, () => UpstreamTls.Check(tls, TlsEngine.Default));
            faults.AddRange(found.Faults);
        }

        if (transport.ProxyProtocol is { Version: not (1 or 2) })
        {
            faults.Add(new ConfigFault($"{path}.config.version", "must be V1 or V2"));
        }

        if (transport.ProxyProtocol?.Tlvs.Sum(static tlv => 3L + tlv.Value.Count) > 32 * 1024)
        {
            faults.Add(new ConfigFault($"{path}.config.added_tlvs", "must not be larger than 32 KiB together"));
        }
    }
}
