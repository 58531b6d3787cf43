using System.Text;
using Proxy.Http;
using Proxy.Http.H2;
using Proxy.Http.H2.Hpack;
using Proxy.Testing;

namespace Proxy.Filters.Tests.Router.Matrix;

internal sealed class Http2MessagePeer : MessagePeer, IFieldSink
{
    private const int Stream = 1;

    private readonly HpackDecoder _decoder = new();
    private List<string> _fields = [];
    private bool _isUpgrade;
    private bool _prefaceSeen;

    public Http2MessagePeer(TestPeer peer, bool isClient)
        : base(peer, isClient)
    {
        if (isClient)
        {
            peer.Send(Http2Frame.Preface);
        }

        Send(FrameType.Settings, 0, 0, [0, (byte)Setting.EnableConnectProtocol, 0, 0, 0, 1]);
    }

    /// <summary>Code of the reset that came.</summary>
    public Http2Error? ResetCode { get; private set; }

    public void OnField(KnownHeader id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => _fields.Add($"{Encoding.Latin1.GetString(name)}: {Encoding.Latin1.GetString(value)}");

    public override void SendHead(string fields, bool end = false)
    {
        if (Find(Parse(fields), "upgrade") is { } type)
        {
            _isUpgrade = true;
            fields = fields.Replace(":method: GET", $":method: CONNECT|:protocol: {type}|:scheme: http", StringComparison.Ordinal)
                .Replace("101", "200", StringComparison.Ordinal).Replace($"|upgrade: {type}", "", StringComparison.Ordinal);
        }
        else if (IsClient && !fields.Contains("CONNECT", StringComparison.Ordinal))
        {
            fields = ":scheme: http|" + fields;
        }

        Send(FrameType.Headers, FrameFlags.EndHeaders | (end ? FrameFlags.EndStream : 0), Stream, Block(fields));
    }

    public override void SendData(string text, bool end = false) => Send(FrameType.Data, end ? FrameFlags.EndStream : 0, Stream, Encoding.Latin1.GetBytes(text));

    public override void SendTrailers(string fields) => Send(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, Stream, Block(fields));

    public override void Abort() => Send(FrameType.Reset, 0, Stream, [0, 0, 0, (byte)Http2Error.Cancel]);

    protected override void Read()
    {
        if (!IsClient && !_prefaceSeen)
        {
            Peer.Expect(Encoding.ASCII.GetString(Http2Frame.Preface));
            _prefaceSeen = true;
        }

        while (Peer.Received is { Length: >= Http2Frame.HeadBytes } bytes)
        {
            var frame = Http2Frame.Read(bytes);
            Peer.Take(Http2Frame.HeadBytes + frame.Length);
            OnFrame(frame, bytes.AsSpan(Http2Frame.HeadBytes, frame.Length));
        }
    }

    private void OnFrame(Http2Frame frame, ReadOnlySpan<byte> payload)
    {
        switch (frame.Type)
        {
            case FrameType.Headers:
                OnBlock(payload);
                break;
            case FrameType.Data:
                Body += Encoding.Latin1.GetString(payload);
                break;
            case FrameType.Reset:
                WasCut = !Ended;
                ResetCode = (Http2Error)payload[3];
                return;
            default:
                return;
        }

        Ended |= frame.Has(FrameFlags.EndStream);
    }

    private void OnBlock(ReadOnlySpan<byte> payload)
    {
        _fields = [];
        _decoder.TryDecode(payload, this).Should().BeTrue();
        if (Head.Count > 0)
        {
            Trailers.AddRange(_fields);
            return;
        }

        var protocol = _fields.Find(static field => field.StartsWith(":protocol: ", StringComparison.Ordinal));
        Head.AddRange(_fields.Select(field => protocol is not null && field == ":method: CONNECT" ? ":method: GET"
            : field == protocol ? "upgrade: " + field[":protocol: ".Length..]
            : _isUpgrade && field == ":status: 200" ? ":status: 101" : field));
    }

    private void Send(FrameType type, FrameFlags flags, int id, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[Http2Frame.HeadBytes + payload.Length];
        new Http2Frame(payload.Length, type, flags, id).Write(frame);
        payload.CopyTo(frame.AsSpan(Http2Frame.HeadBytes));
        Peer.Send(frame);
    }

    private static byte[] Block(string fields)
    {
        var encoder = new HpackEncoder(0, huffman: false);
        encoder.Begin();
        foreach (var (name, value) in Parse(fields))
        {
            encoder.Add(KnownHeader.None, Encoding.Latin1.GetBytes(name), Encoding.Latin1.GetBytes(value));
        }

        return encoder.Written.ToArray();
    }
}
