using System.Text;
using Proxy.Tls;

namespace Proxy.Core.Tests.Tls;

/// <summary>Two sessions, each fed what the other one returns; no connections around them.</summary>
internal sealed class TlsSessionPair : IDisposable
{
    private readonly TlsOutput _output = new();
    private readonly List<byte> _toServer = [];
    private readonly List<byte> _toClient = [];

    public TlsSessionPair(TlsContext server, TlsContext client, string? serverName = "server.test", IReadOnlyList<string>? wanted = null)
    {
        Server = server.CreateSession(Options(null, null));
        Client = client.CreateSession(Options(serverName, wanted));
    }

    public TlsSession Server { get; }

    public TlsSession Client { get; }

    /// <summary>Most bytes given to a session at once.</summary>
    public int Piece { get; init; } = int.MaxValue;

    /// <summary>Takes the handshake as far as it goes; answers how each side ended.</summary>
    public (TlsStatus Server, TlsStatus Client) Handshake()
    {
        var (server, client) = (TlsStatus.NeedsInput, TlsStatus.NeedsInput);
        for (var turn = 0; turn < 20_000 && (server == TlsStatus.NeedsInput || client == TlsStatus.NeedsInput); turn++)
        {
            var before = (_toServer.Count, _toClient.Count, server, client);
            client = client == TlsStatus.NeedsInput ? Step(Client, _toClient, _toServer) : client;
            server = server == TlsStatus.NeedsInput ? Step(Server, _toServer, _toClient) : server;
            if (before == (_toServer.Count, _toClient.Count, server, client) && _toServer.Count + _toClient.Count == 0)
            {
                break;
            }
        }

        return (server, client);
    }

    /// <summary>Sends text to the client, and answers what it reads.</summary>
    public (string Text, TlsStatus Status) SendToClient(string text)
    {
        Server.Write(Encoding.ASCII.GetBytes(text), _output);
        Take(_toClient);
        return Read(Client, _toClient);
    }

    /// <summary>What the server reads of what it was sent so far: after a handshake of TLS 1.3 the client learns here that it was refused.</summary>
    public (string Text, TlsStatus Status) ReadAtClient() => Read(Client, _toClient);

    public void Dispose()
    {
        Server.Dispose();
        Client.Dispose();
    }

    private static TlsSessionOptions Options(string? serverName, IReadOnlyList<string>? wanted) => new()
    {
        ServerName = serverName,
        WantedNames = wanted ?? [],
    };

    private TlsStatus Step(TlsSession session, List<byte> input, List<byte> output)
    {
        var piece = input.Take(Piece).ToArray();
        var status = session.Handshake(piece, out var used, _output);
        input.RemoveRange(0, used);
        Take(output);
        return status;
    }

    private (string Text, TlsStatus Status) Read(TlsSession session, List<byte> input)
    {
        var room = new byte[64 * 1024];
        var status = session.Read([.. input], out var used, room, out var count, _output);
        input.RemoveRange(0, used);
        _output.Clear();
        return (Encoding.ASCII.GetString(room, 0, count), status);
    }

    private void Take(List<byte> output)
    {
        output.AddRange(_output.Written);
        _output.Clear();
    }
}
