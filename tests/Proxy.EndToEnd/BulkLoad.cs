using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Proxy.EndToEnd;

/// <summary>Pushes as many bytes as will go through a TCP proxy into a sink of its own, and prints how many arrived.</summary>
internal static class BulkLoad
{
    private const int Block = 64 * 1024;

    public static async Task<int> RunAsync(int port, int sinkPort, int streams, int seconds)
    {
        using var listener = new TcpListener(IPAddress.Loopback, sinkPort);
        listener.Start(streams);
        var received = new long[streams];
        var sinks = Enumerable.Range(0, streams).Select(i => Start(() => Drain(listener.AcceptSocket(), ref received[i]))).ToArray();

        var clients = new List<Socket>();
        for (var i = 0; i < streams; i++)
        {
            var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(IPAddress.Loopback, port);
            clients.Add(client);
        }

        var clock = Stopwatch.StartNew();
        var blasters = clients.Select(client => Start(() => Blast(client, clock, seconds))).ToArray();
        foreach (var thread in blasters.Concat(sinks))
        {
            thread.Join();
        }

        Console.WriteLine(FormattableString.Invariant($"{received.Sum()} bytes {clock.Elapsed.TotalSeconds:F3} s"));
        return 0;
    }

    private static Thread Start(ThreadStart body)
    {
        var thread = new Thread(body);
        thread.Start();
        return thread;
    }

    private static void Blast(Socket socket, Stopwatch clock, int seconds)
    {
        var block = new byte[Block];
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            socket.Send(block);
        }

        socket.Dispose();
    }

    private static void Drain(Socket socket, ref long received)
    {
        var block = new byte[Block];
        int count;
        while ((count = socket.Receive(block)) > 0)
        {
            received += count;
        }

        socket.Dispose();
    }
}
