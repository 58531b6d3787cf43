using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Proxy.Scale;

/// <summary>Requests on a few kept connections, each a short while after the answer to the one before.</summary>
internal static class RequestLoad
{
    private const int Connections = 8;
    private static readonly byte[] Request = "GET / HTTP/1.1\r\nhost: scale.test\r\n\r\n"u8.ToArray();

    public static async Task<RequestTimes> RunAsync(int port, TimeSpan time)
    {
        var parts = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(() => LoadAsync(port, time))));
        return new RequestTimes([.. parts.SelectMany(static part => part.Times).Order()], parts.Sum(static part => part.Failed));
    }

    private static async Task<RequestTimes> LoadAsync(int port, TimeSpan time)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var buffer = new byte[4096];
        var times = new List<double>();
        var failed = 0;
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < end)
        {
            var started = Stopwatch.GetTimestamp();
            await socket.SendAsync(Request);
            var length = await socket.ReceiveAsync(buffer);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
            if (length == 0)
            {
                return new RequestTimes(times, failed + 1);
            }

            failed += buffer.AsSpan(0, length).StartsWith("HTTP/1.1 200"u8) ? 0 : 1;
            await Task.Delay(1);
        }

        return new RequestTimes(times, failed);
    }
}

/// <summary>How long requests took.</summary>
/// <param name="Times">Microseconds of each.</param>
/// <param name="Failed">Answered with anything but 200, or not at all.</param>
internal sealed record RequestTimes(List<double> Times, int Failed)
{
    /// <summary>Medians over rounds, as text.</summary>
    public static string Medians(List<RequestTimes> rounds)
    {
        return string.Create(
            CultureInfo.InvariantCulture,
            $"p50 {Median(0.5):F0} us, p99 {Median(0.99):F0} us, p99.9 {Median(0.999):F0} us, {rounds.Sum(static round => round.Times.Count)} requests, {rounds.Sum(static round => round.Failed)} failed");

        double Median(double share) => rounds.Select(round => round.Times[(int)((round.Times.Count - 1) * share)]).Order().ElementAt(rounds.Count / 2);
    }
}
