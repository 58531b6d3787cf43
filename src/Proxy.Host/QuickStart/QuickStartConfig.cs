namespace Proxy.Host.QuickStart;

/// <summary>What runs when no configuration is given: a listener that routes to a demo upstream in this process, and the admin interface.</summary>
internal static class QuickStartConfig
{
    public const int ListenerPort = 10000;
    public const int AdminPort = 9901;

    /// <summary>The configuration, as one would write it.</summary>
    public static string Yaml(string upstreamSocket) => $$"""
        admin:
          address: { socket_address: { address: 127.0.0.1, port_value: {{AdminPort}} } }
        static_resources:
          listeners:
          - name: quick_start
            address: { socket_address: { address: 127.0.0.1, port_value: {{ListenerPort}} } }
            filter_chains:
            - filters:
              - name: envoy.filters.network.http_connection_manager
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: quick_start
                  route_config:
                    virtual_hosts:
                    - name: all
                      domains: ["*"]
                      routes:
                      - match: { path: /direct }
                        direct_response: { status: 200, body: { inline_string: "The proxy answered this one itself.\n" } }
                      - match: { prefix: / }
                        route: { cluster: demo }
                  http_filters:
                  - name: envoy.filters.http.router
                    typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
          - name: demo_upstream
            address: { pipe: { path: "{{upstreamSocket}}" } }
            filter_chains:
            - filters:
              - name: envoy.filters.network.http_connection_manager
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: demo_upstream
                  route_config:
                    virtual_hosts:
                    - name: all
                      domains: ["*"]
                      routes:
                      - match: { prefix: / }
                        direct_response: { status: 200, body: { inline_string: "Hello from the demo upstream, through the proxy.\n" } }
                  http_filters:
                  - name: envoy.filters.http.router
                    typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
          clusters:
          - name: demo
            connect_timeout: 1s
            type: STATIC
            load_assignment:
              cluster_name: demo
              endpoints:
              - lb_endpoints:
                - endpoint: { address: { pipe: { path: "{{upstreamSocket}}" } } }

        """;

    /// <summary>What a newcomer can do now.</summary>
    public static string Hints => $"""

        No configuration was given, so this is the quick start: port {ListenerPort} routes to a demo upstream inside this process.

          curl http://127.0.0.1:{ListenerPort}/             a request through the proxy
          curl http://127.0.0.1:{ListenerPort}/direct       an answer of the proxy's own
          curl http://127.0.0.1:{AdminPort}/stats?usedonly  what has been counted
          curl http://127.0.0.1:{AdminPort}/help            what else the admin interface offers

        Run your own configuration with -c envoy.yaml; see --help. Stop with Ctrl+C.


        """;

    /// <summary>Why the quick start could not start, for someone who has not configured anything.</summary>
    public static string BusyPorts => $"""

        The quick start needs ports {ListenerPort} and {AdminPort} of 127.0.0.1. Stop what uses them, or run a configuration of your own with -c.

        """;

    /// <summary>A socket that no other process uses: without a file where the system allows it.</summary>
    public static string UpstreamSocket()
    {
        return OperatingSystem.IsLinux()
            ? $"@proxy-quick-start-{Environment.ProcessId}"
            : Path.Combine(Path.GetTempPath(), $"proxy-quick-start-{Environment.ProcessId}.sock").Replace('\\', '/');
    }
}
