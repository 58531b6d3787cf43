using System.Net;
using System.Net.Sockets;

namespace Proxy.Scale;

/// <summary>Answers every request at once, on the same port of several loopback addresses. Requests come without bodies, one after the other.</summary>
internal sealed class EchoingUpstream : IDisposable
{
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"u8.ToArray();

    private readonly List<TcpListener> _listeners = [];

    public EchoingUpstream(int addresses)
    {
        Port = ProxyProcess.FreePort();
        for (var i = 0; i < addresses; i++)
        {
            var listener = new TcpListener(IPAddress.Parse(AddressOf(i)), Port);
            listener.Start();
            _listeners.Add(listener);
            _ = AcceptAsync(listener);
        }
    }

    public int Port { get; }

    public static string AddressOf(int index) => $"127.0.0.{index + 1}";

    public void Dispose() => _listeners.ForEach(static listener => listener.Dispose());

    private static async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptSocketAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }

    private static async Task ServeAsync(Socket socket)
    {
        using var connection = socket;
        connection.NoDelay = true;
        var buffer = new byte[16 * 1024];
        try
        {
            while (await connection.ReceiveAsync(buffer) > 0)
            {
                await connection.SendAsync(Answer);
            }
        }
        catch (SocketException)
        {
            // The proxy has gone.
        }
    }
}
