using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Proxy.Discovery.Testing;

namespace Proxy.Soak;

/// <summary>Random updates, good and bad, over every transport while requests run.</summary>
internal sealed class SoakRun
{
    private const int Connections = 4;

    private readonly Random _random;
    private readonly int[] _ports;
    private readonly List<string> _faults = [];
    private long _requests;
    private long _updates;

    private SoakRun(int seed, int[] ports)
    {
        _random = new Random(seed);
        _ports = ports;
    }

    public static async Task<int> RunAsync(TimeSpan time, int seed)
    {
        List<WebApplication> apps = [];
        List<int> ports = [];
        foreach (var name in new[] { "a", "b", "c" })
        {
            var (app, port) = await Rig.StartUpstreamAsync(name);
            apps.Add(app);
            ports.Add(port);
        }

        var exit = await new SoakRun(seed, [.. ports]).RunAsync(time);
        foreach (var app in apps)
        {
            await app.DisposeAsync();
        }

        return exit;
    }

    private async Task<int> RunAsync(TimeSpan time)
    {
        List<Rig> rigs = [];
        foreach (var transport in Enum.GetValues<TestTransport>())
        {
            rigs.Add(await Rig.StartAsync(transport, _ports[0]));
        }

        using var stop = new CancellationTokenSource();
        var load = rigs.SelectMany(rig => Enumerable.Range(0, Connections).Select(_ => Task.Run(() => LoadAsync(rig, stop.Token)))).ToList();
        var watch = Stopwatch.StartNew();
        long early = 0;
        var version = 1;
        while (watch.Elapsed < time && _faults.Count == 0)
        {
            var rig = rigs[_random.Next(rigs.Count)];
            await ChangeAsync(rig, (++version).ToString(CultureInfo.InvariantCulture));
            await Task.Delay(_random.Next(1, 40), CancellationToken.None);
            if (early == 0 && watch.Elapsed > time / 5)
            {
                early = GC.GetTotalMemory(forceFullCollection: true);
            }
        }

        var late = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var rig in rigs)
        {
            await SettleAsync(rig);
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
        rigs.ForEach(Check);
        Console.WriteLine($"{_requests} requests, {_updates} changes, managed memory {early / 1024} KB after a fifth of the time, {late / 1024} KB at the end");
        if (late > early + (early / 4) + (4 << 20))
        {
            _faults.Add("memory grows");
        }

        foreach (var rig in rigs)
        {
            await rig.DisposeAsync();
        }

        _faults.ForEach(static fault => Console.WriteLine("FAULT " + fault));
        return _faults.Count == 0 ? 0 : 1;
    }

    private async Task LoadAsync(Rig rig, CancellationToken stop)
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 });
        var url = new Uri($"http://127.0.0.1:{rig.Port}/");
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var answer = await client.GetAsync(url, CancellationToken.None);
                if (answer.StatusCode != HttpStatusCode.OK)
                {
                    Fault(rig, $"status {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(CancellationToken.None)}");
                }
            }
            catch (HttpRequestException e)
            {
                Fault(rig, e.ToString());
            }

            Interlocked.Increment(ref _requests);
        }
    }

    private async Task ChangeAsync(Rig rig, string version)
    {
        _updates++;
        rig.Plane.ForgetRequests(); // its notes would look like a leak
        switch (_random.Next(12))
        {
            case 0 or 1 or 2:
                await rig.SetAsync(version, Rig.Hosts([.. _ports.Where(_ => _random.Next(2) == 0).DefaultIfEmpty(_ports[0])]));
                break;
            case 3 or 4:
                await rig.SetAsync(version, Rig.Routes("app", version));
                break;
            case 5:
                await rig.SetAsync(version, Rig.Cluster(rig.Bootstrap, connectTimeout: _random.Next(1, 9)));
                break;
            case 6:
                await rig.SetAsync(version, Rig.Listener(rig.Bootstrap, rig.Port, "soak" + version));
                break;
            case 7:
                await rig.SetAsync(version, Rig.Routes("nowhere", version));
                break;
            case 8:
                rig.Plane.Send(Rig.EndpointsType, version, "bad " + version, TestResource.Raw(Rig.ClusterType, "app", "\n\u0003app"u8));
                break;
            case 9:
                rig.Plane.Send(Rig.ClusterType, version, "bad " + version, TestResource.Raw(Rig.ClusterType, "app", [0xff, 0x00, 0xff]));
                break;
            case 10 when _random.Next(4) == 0:
                rig.Plane.DropStreams();
                break;
            case 11:
                rig.Plane.Delay = TimeSpan.FromMilliseconds(_random.Next(0, 20));
                break;
        }
    }

    // The last state that every transport is told; then it has time to arrive.
    private async Task SettleAsync(Rig rig)
    {
        rig.Plane.Delay = TimeSpan.Zero;
        await rig.SetAsync("end", Rig.Cluster(rig.Bootstrap, connectTimeout: 5));
        await rig.SetAsync("end", Rig.Hosts(_ports));
        await rig.SetAsync("end", Rig.Listener(rig.Bootstrap, rig.Port, "soak"));
        await rig.SetAsync("end", Rig.Routes("app", "end"));
        using var client = new HttpClient();
        var watch = Stopwatch.StartNew();
        while (true)
        {
            using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{rig.Port}/"));
            if (answer.Headers.TryGetValues("x-mark", out var marks) && marks.Single() == "end")
            {
                return;
            }

            if (watch.Elapsed > TimeSpan.FromSeconds(30))
            {
                Fault(rig, "does not follow any more");
                return;
            }
        }
    }

    private void Check(Rig rig)
    {
        var requests = rig.Sum("in.downstream_rq_total");
        var answers = rig.Sum("in.downstream_rq_2xx") + rig.Sum("in.downstream_rq_3xx") + rig.Sum("in.downstream_rq_4xx") + rig.Sum("in.downstream_rq_5xx");
        var sent = rig.Sum("cluster.app.upstream_rq_total");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{rig.Transport,-10} {requests} requests, update_success {rig.Sum(".update_success")}, rejected {rig.Sum(".update_rejected")}, failure {rig.Sum(".update_failure")}, streams {rig.Plane.StreamCount}"));
        if (requests != answers)
        {
            Fault(rig, $"{requests} requests, {answers} answers");
        }

        if (sent < requests)
        {
            Fault(rig, $"{requests} requests, {sent} sent upstream");
        }

        if (rig.Sum(".update_rejected") == 0 && rig.Transport != TestTransport.Rest)
        {
            Fault(rig, "no update was refused");
        }
    }

    private void Fault(Rig rig, string text)
    {
        lock (_faults)
        {
            _faults.Add($"{rig.Transport}: {text}");
        }
    }
}
