using Proxy.Stats;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>Responses of a connection manager counted once more for its listener, under <c>listener.ADDRESS.http.PREFIX.</c></summary>
internal static class ListenerHttpStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId Completed = Schema.Counter("downstream_rq_completed");

    private static readonly CounterId[] Classes =
    [
        Schema.Counter("downstream_rq_1xx"), Schema.Counter("downstream_rq_2xx"), Schema.Counter("downstream_rq_3xx"),
        Schema.Counter("downstream_rq_4xx"), Schema.Counter("downstream_rq_5xx"),
    ];

    /// <summary>The counter of a class of status, 1 to 5.</summary>
    public static CounterId ClassOf(int status) => Classes[Math.Clamp((status / 100) - 1, 0, 4)];
}
