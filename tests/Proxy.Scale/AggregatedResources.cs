using System.Diagnostics;
using System.Globalization;
using Proxy.Discovery.Testing;

namespace Proxy.Scale;

/// <summary>Very many clusters, hosts and routes over one delta stream; then single hosts change.</summary>
internal static class AggregatedResources
{
    private const int Changes = 100;

    public static async Task<int> RunAsync(string binary, int clusters, int hosts, int routes)
    {
        await using var plane = await TestControlPlane.StartAsync();
        plane.Set("1",
        [
            .. Enumerable.Range(0, clusters).Select(static i => Resources.Cluster(NameOf(i))),
            .. Enumerable.Range(0, clusters).Select(i => Endpoints(i, hosts, 0)),
            Resources.Listener(ProxyProcess.FreePort()),
            Resources.Routes(routes, i => NameOf(i % clusters)),
        ]);
        using var proxy = await ProxyProcess.StartAsync(binary, admin => Resources.Bootstrap(admin, plane.GrpcPort));
        Print($"{clusters} clusters of {hosts} hosts and {routes} routes over delta ADS: live after {proxy.StartTime.TotalSeconds:F2} s, main's CPU {proxy.MainCpu.TotalSeconds:F2} s, {proxy.Memory / 1e6:F0} MB");

        var before = proxy.MainCpu;
        var applied = Stopwatch.StartNew();
        for (var change = 1; change <= Changes; change++)
        {
            var acknowledged = plane.Requests.Count;
            plane.Set($"{change + 1}", Endpoints(change % clusters, hosts, change));
            while (plane.Requests.Count == acknowledged)
            {
                await Task.Delay(1);
            }
        }

        Print($"one host of one cluster changed: {(proxy.MainCpu - before).TotalMilliseconds / Changes:F2} ms of main's CPU, {applied.Elapsed.TotalMilliseconds / Changes:F1} ms until acknowledged");
        return 0;
    }

    private static string NameOf(int index) => $"cluster-{index}";

    private static TestResource Endpoints(int cluster, int hosts, int change) =>
        Resources.Endpoints(NameOf(cluster), Enumerable.Range(0, hosts).Select(i => ($"10.{cluster >> 8 & 255}.{cluster & 255}.{i + 1}", i == 0 ? 80 + change : 80)));

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
