using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Proxy.Discovery.Testing;

namespace Proxy.Scale;

/// <summary>Time from a change at the control plane until the first request that goes where it says.</summary>
internal static class Propagation
{
    public static async Task<int> RunAsync(string binary, int changes)
    {
        int[] upstreams = [ProxyProcess.FreePort(), ProxyProcess.FreePort()];
        await using var first = await UpstreamAsync(upstreams[0], "0");
        await using var second = await UpstreamAsync(upstreams[1], "1");
        await using var plane = await TestControlPlane.StartAsync();
        var port = ProxyProcess.FreePort();
        plane.Set("1", Resources.Cluster("app"), Endpoints(upstreams[0]), Resources.Listener(port), Resources.Routes(0, static _ => "app"));
        using var proxy = await ProxyProcess.StartAsync(binary, admin => Resources.Bootstrap(admin, plane.GrpcPort));
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };

        var times = new List<double>(changes);
        for (var i = 1; i <= changes; i++)
        {
            var started = Stopwatch.GetTimestamp();
            plane.Set($"{i + 1}", Endpoints(upstreams[i % 2]));
            while (await client.GetStringAsync("/") != $"{i % 2}")
            {
            }

            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            await Task.Delay(5);
        }

        times.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{changes} changes of hosts over delta ADS: effective after {times[changes / 2]:F1} ms (p50), {times[changes * 99 / 100]:F1} ms (p99), {times[^1]:F1} ms (longest)"));
        return 0;
    }

    private static TestResource Endpoints(int port) => Resources.Endpoints("app", [("127.0.0.1", port)]);

    private static async Task<WebApplication> UpstreamAsync(int port, string answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add($"http://127.0.0.1:{port}");
        app.Run(context => context.Response.WriteAsync(answer));
        await app.StartAsync();
        return app;
    }
}
