using System.Diagnostics;
using System.Globalization;
using Proxy.Discovery.Testing;

namespace Proxy.Soak;

/// <summary>How long a change takes from the control plane to the wire: the mark in a header of the routes, asked for without a pause.</summary>
internal static class Propagation
{
    public static async Task<int> RunAsync(int changes)
    {
        var (app, port) = await Rig.StartUpstreamAsync("a");
        await using var upstream = app;
        foreach (var transport in Enum.GetValues<TestTransport>())
        {
            await using var rig = await Rig.StartAsync(transport, port);
            using var client = new HttpClient();
            var url = new Uri($"http://127.0.0.1:{rig.Port}/");
            List<double> times = [];
            for (var i = 1; i <= changes; i++)
            {
                var mark = i.ToString(CultureInfo.InvariantCulture);
                var watch = Stopwatch.StartNew();
                await rig.SetAsync("mark " + mark, Rig.Routes("app", mark));
                while (await MarkAsync(client, url) != mark)
                {
                    if (watch.Elapsed > TimeSpan.FromSeconds(10))
                    {
                        Console.WriteLine($"{transport}: change {mark} did not come");
                        return 1;
                    }
                }

                times.Add(watch.Elapsed.TotalMilliseconds);
            }

            times.Sort();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{transport,-10} p50 {times[times.Count / 2],7:F2} ms   p99 {times[times.Count * 99 / 100],7:F2} ms   max {times[^1],7:F2} ms   of {changes}"));
        }

        return 0;
    }

    private static async Task<string> MarkAsync(HttpClient client, Uri url)
    {
        using var answer = await client.GetAsync(url);
        return answer.Headers.TryGetValues("x-mark", out var marks) ? marks.Single() : "";
    }
}
