using System.Net;
using System.Net.Sockets;

namespace Proxy.Host.Tests.Embedding;

/// <summary>A keep-alive HTTP server that can be killed and be back at once on the same port: every connection it had is closed.</summary>
internal sealed class RestartableUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _open = [];
    private readonly Task _accepting;

    public RestartableUpstream()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public void Restart()
    {
        lock (_open)
        {
            _open.ForEach(static socket => socket.Dispose());
            _open.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Restart();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync();
                lock (_open)
                {
                    _open.Add(socket);
                }

                _ = ServeAsync(socket);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // stopped
        }
    }

    private static async Task ServeAsync(Socket socket)
    {
        var buffer = new byte[4096];
        var filled = 0;
        try
        {
            int count;
            while ((count = await socket.ReceiveAsync(buffer.AsMemory(filled))) > 0)
            {
                filled += count;
                if (buffer.AsSpan(0, filled).EndsWith("\r\n\r\n"u8))
                {
                    filled = 0;
                    await socket.SendAsync("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"u8.ToArray());
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // restarted
        }
    }
}
