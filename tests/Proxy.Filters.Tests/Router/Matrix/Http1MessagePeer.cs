using System.Globalization;
using System.Text;
using Proxy.Testing;

namespace Proxy.Filters.Tests.Router.Matrix;

internal sealed class Http1MessagePeer(TestPeer peer, bool isClient) : MessagePeer(peer, isClient)
{
    private bool _sendsChunks;
    private bool _isTunnel;
    private bool _asksHead;
    private bool _reads; // the head is through
    private bool _isChunked;
    private int? _left;

    public override void SendHead(string fields, bool end = false)
    {
        var parsed = Parse(fields);
        var isBare = end || Find(parsed, "content-length") is not null || Find(parsed, "upgrade") is not null;
        var head = new StringBuilder(IsClient ? RequestLine(parsed) : $"HTTP/1.1 {Find(parsed, ":status")} X\r\n");
        foreach (var (name, value) in parsed.Where(static field => field.Name[0] != ':'))
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        _isTunnel = Find(parsed, "upgrade") is not null || Find(parsed, ":method") == "CONNECT" || (!IsClient && Head.Contains(":method: CONNECT"));
        _asksHead = Find(parsed, ":method") == "HEAD";
        _sendsChunks = !isBare && !_isTunnel;
        head.Append(_sendsChunks ? "transfer-encoding: chunked\r\n" : "").Append(Find(parsed, "upgrade") is null ? "" : "connection: Upgrade\r\n");
        head.Append(end && !IsClient && !Head.Contains(":method: HEAD") && Find(parsed, ":status") == "200" ? "content-length: 0\r\n" : "");
        Peer.Send(head.Append("\r\n").ToString());
    }

    public override void SendData(string text, bool end = false)
    {
        Peer.Send(_sendsChunks ? $"{text.Length:x}\r\n{text}\r\n{(end ? "0\r\n\r\n" : "")}" : text);
        if (_isTunnel && end)
        {
            Peer.SendEnd();
        }
    }

    public override void SendTrailers(string fields) => Peer.Send("0\r\n" + string.Concat(Parse(fields).Select(static field => $"{field.Name}: {field.Value}\r\n")) + "\r\n");

    public override void Abort() => Peer.Reset();

    protected override void Read()
    {
        if (!_reads && Peer.Text.Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            ReadHead(Peer.ReadUntil("\r\n\r\n").Split("\r\n", StringSplitOptions.RemoveEmptyEntries));
        }

        if (_reads && !Ended)
        {
            ReadBody();
        }

        WasCut = !Ended && !Peer.IsOpen;
    }

    private static string RequestLine((string Name, string Value)[] fields)
    {
        var target = Find(fields, ":path") ?? Find(fields, ":authority");
        return $"{Find(fields, ":method")} {target} HTTP/1.1\r\nhost: {Find(fields, ":authority")}\r\n";
    }

    private void ReadHead(string[] lines)
    {
        var words = lines[0].Split(' ');
        Head.AddRange(IsClient ? [":status: " + words[1]] : [":method: " + words[0], (words[0] == "CONNECT" ? ":authority: " : ":path: ") + words[1]]);
        Head.AddRange(lines[1..].Select(line => !IsClient && line.StartsWith("host: ", StringComparison.Ordinal) ? ":authority: " + line[6..] : line));
        _reads = true;
        _isChunked = Head.Contains("transfer-encoding: chunked");
        _left = Head.FirstOrDefault(static field => field.StartsWith("content-length: ", StringComparison.Ordinal)) is { } length
            ? int.Parse(length["content-length: ".Length..], CultureInfo.InvariantCulture) : null;
        var isTunnel = _isTunnel || Head.Contains(":method: CONNECT") || Head.Contains("upgrade: websocket");
        Ended = !_isChunked && !isTunnel && (_left is null or 0 || _asksHead);
    }

    private void ReadBody()
    {
        if (_isChunked)
        {
            ReadChunks();
            return;
        }

        Body += Peer.Take();
        Ended = _left is { } length ? Body.Length >= length : Peer.Ended;
    }

    private void ReadChunks()
    {
        while (!Ended && Peer.Text.Contains("\r\n", StringComparison.Ordinal))
        {
            var size = int.Parse(Peer.ReadUntil("\r\n"), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size > 0)
            {
                Body += Peer.Take(size);
                Peer.Expect("\r\n");
                continue;
            }

            for (var line = Peer.ReadUntil("\r\n"); line != "\r\n"; line = Peer.ReadUntil("\r\n"))
            {
                Trailers.Add(line.TrimEnd());
            }

            Ended = true;
        }
    }
}
