using System.Globalization;
using Proxy.Discovery.Testing;

namespace Proxy.Scale;

/// <summary>
/// How long requests take while single hosts change, of other clusters or of the very one that they go to, beside quiet times in the same run, and beside
/// times in which the same changes go to another proxy on the same machine: what that costs is the control plane and the machine, not the proxy that is
/// measured. In their own cluster one host of ten is another one after each change, which requests have to connect to.
/// </summary>
internal static class TrafficDuringChanges
{
    private const int Hosts = 10;
    private const int Rounds = 5;
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync(string binary, int clusters, int changesPerSecond)
    {
        await using var plane = await TestControlPlane.StartAsync();
        await using var planeOfAnother = await TestControlPlane.StartAsync();
        using var upstream = new EchoingUpstream(Hosts + 1);
        var port = Fill(plane);
        var portOfAnother = Fill(planeOfAnother);
        using var proxy = await ProxyProcess.StartAsync(binary, admin => Resources.Bootstrap(admin, plane.GrpcPort));
        using var another = await ProxyProcess.StartAsync(binary, admin => Resources.Bootstrap(admin, planeOfAnother.GrpcPort));
        await RequestLoad.RunAsync(portOfAnother, RoundTime);
        await RequestLoad.RunAsync(port, RoundTime);

        var change = 0;
        var phases = new (string Name, TestControlPlane Plane, Func<int>? Cluster, List<RequestTimes> Rounds)[]
        {
            ("no changes", plane, null, []),
            ("changes of another proxy", planeOfAnother, OtherCluster, []),
            ("changes of other clusters", plane, OtherCluster, []),
            ("changes of their own", plane, static () => 0, []),
        };
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (_, changing, cluster, rounds) in phases)
            {
                using var enough = new CancellationTokenSource();
                var changes = cluster is null ? Task.CompletedTask : ChangeAsync(changing, cluster, enough.Token);
                rounds.Add(await RequestLoad.RunAsync(port, RoundTime));
                await enough.CancelAsync();
                await changes;
            }
        }

        Print($"{change} changes of one host, {changesPerSecond} a second, among {clusters} clusters of {Hosts} hosts; requests during");
        foreach (var (name, _, _, rounds) in phases)
        {
            Print($"  {name,-26} {RequestTimes.Medians(rounds)}");
        }

        return phases.Sum(static phase => phase.Rounds.Sum(static times => times.Failed)) == 0 ? 0 : 1;

        int OtherCluster() => 1 + (change % (clusters - 1));

        int Fill(TestControlPlane target)
        {
            var free = ProxyProcess.FreePort();
            target.Set("1",
            [
                .. Enumerable.Range(0, clusters).Select(static i => Resources.Cluster(NameOf(i))),
                .. Enumerable.Range(0, clusters).Select(i => Endpoints(i, upstream.Port, 0)),
                Resources.Listener(free),
                Resources.Routes(1, static _ => NameOf(0)),
            ]);
            return free;
        }

        async Task ChangeAsync(TestControlPlane changing, Func<int> cluster, CancellationToken enough)
        {
            using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / changesPerSecond));
            while (!enough.IsCancellationRequested && await pace.WaitForNextTickAsync(CancellationToken.None))
            {
                change++;
                changing.Set($"{change + 1}", Endpoints(cluster(), upstream.Port, change));
            }
        }
    }

    private static string NameOf(int index) => $"cluster-{index}";

    // One address of all is left out, another one each time.
    private static TestResource Endpoints(int cluster, int port, int change)
    {
        var left = change % (Hosts + 1);
        return Resources.Endpoints(NameOf(cluster), Enumerable.Range(0, Hosts + 1).Where(i => i != left).Select(i => (EchoingUpstream.AddressOf(i), port)));
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
