using System.Globalization;

namespace Proxy.Scale;

/// <summary>Start and memory with static clusters.</summary>
internal static class StaticClusters
{
    // The proxy gives back what only starting has needed one second after its start.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(string binary, int clusters, int hosts)
    {
        long empty;
        using (var without = await ProxyProcess.StartAsync(binary, static admin => Bootstrap(admin, 0, 0)))
        {
            await Task.Delay(Settling);
            empty = without.Memory;
        }

        using var proxy = await ProxyProcess.StartAsync(binary, admin => Bootstrap(admin, clusters, hosts));
        await Task.Delay(Settling);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{clusters} static clusters of {hosts} hosts: live after {proxy.StartTime.TotalSeconds:F2} s, {proxy.Memory / 1e6:F0} MB, {(proxy.Memory - empty) / 1024.0 / clusters:F1} KB a cluster"));
        return 0;
    }

    private static string Bootstrap(int admin, int clusters, int hosts) =>
        $$"""{"admin": {{ProxyProcess.Admin(admin)}}, "static_resources": {"clusters": [{{string.Join(',', Enumerable.Range(0, clusters).Select(index => Cluster(index, hosts)))}}]} }""";

    private static string Cluster(int index, int hosts) =>
        $$"""
        {"name": "cluster-{{index}}", "connect_timeout": "1s", "load_assignment": {"cluster_name": "cluster-{{index}}", "endpoints": [{"lb_endpoints": [
          {{string.Join(',', Enumerable.Range(0, hosts).Select(host => Host(index, 80 + host)))}}]}]} }
        """;

    private static string Host(int index, int port) =>
        $$"""{"endpoint": {"address": {"socket_address": {"address": "10.{{index >> 16 & 255}}.{{index >> 8 & 255}}.{{index & 255}}", "port_value": {{port}}} } } }""";
}
