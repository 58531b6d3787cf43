using System.Buffers.Binary;
using System.Text;
using Proxy.Http.H2;
using Proxy.Http.H2.Hpack;

namespace Proxy.Core.Tests.Http.H2;

/// <summary>A frame as it was sent.</summary>
internal sealed record Frame(FrameType Type, FrameFlags Flags, int StreamId, byte[] Payload)
{
    public bool EndStream => (Flags & FrameFlags.EndStream) != 0;

    public Http2Error ErrorCode => (Http2Error)BinaryPrimitives.ReadUInt32BigEndian(Payload.AsSpan(Type == FrameType.GoAway ? 4 : 0));

    public int LastStream => BinaryPrimitives.ReadInt32BigEndian(Payload);

    public override string ToString() => Type switch
    {
        FrameType.GoAway => $"GoAway({LastStream},{ErrorCode})",
        FrameType.Reset => $"Reset({StreamId},{ErrorCode})",
        FrameType.WindowUpdate => $"WindowUpdate({StreamId},{LastStream})",
        FrameType.Settings => (Flags & FrameFlags.Ack) != 0 ? "SettingsAck" : $"Settings({Payload.Length / 6})",
        FrameType.Ping => $"Ping({(Flags & FrameFlags.Ack) != 0})",
        _ => $"{Type}({StreamId},{Payload.Length}{(EndStream ? ",end" : "")})",
    };
}

/// <summary>Makes frames and takes them apart, by hand: the codec under test is not asked what a frame is.</summary>
internal static class Frames
{
    public const string Get = ":method: GET|:scheme: http|:path: /|:authority: a.test";
    public const string Post = ":method: POST|:scheme: http|:path: /p|:authority: a.test";

    public static byte[] Of(FrameType type, FrameFlags flags, int id, params ReadOnlySpan<byte> payload)
    {
        byte[] frame = [(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, (byte)type, (byte)flags, 0, 0, 0, 0, .. payload];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), id);
        return frame;
    }

    public static byte[] Headers(int id, string fields, bool endStream = true, bool endHeaders = true)
    {
        return Of(FrameType.Headers, (endStream ? FrameFlags.EndStream : 0) | (endHeaders ? FrameFlags.EndHeaders : 0), id, Block(fields));
    }

    public static byte[] Data(int id, string text, bool endStream = false) => Of(FrameType.Data, endStream ? FrameFlags.EndStream : 0, id, Encoding.Latin1.GetBytes(text));

    public static byte[] Settings(params (Setting Setting, uint Value)[] settings)
    {
        var payload = new byte[settings.Length * 6];
        for (var i = 0; i < settings.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(i * 6), (ushort)settings[i].Setting);
            BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan((i * 6) + 2), settings[i].Value);
        }

        return Of(FrameType.Settings, 0, 0, payload);
    }

    public static byte[] WindowUpdate(int id, uint increment)
    {
        var payload = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(payload, increment);
        return Of(FrameType.WindowUpdate, 0, id, payload);
    }

    public static byte[] Reset(int id, Http2Error error = Http2Error.Cancel) => Of(FrameType.Reset, 0, id, 0, 0, 0, (byte)error);

    /// <summary>Fields as literals without indexing, written by hand: <c>name: value|name: value</c>.</summary>
    public static byte[] Block(string fields)
    {
        var block = new List<byte>();
        foreach (var field in fields.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = field.IndexOf(':', 1);
            block.Add(0);
            AddText(block, field[..colon]);
            AddText(block, field[(colon + 1)..].TrimStart(' '));
        }

        return [.. block];
    }

    /// <summary>Takes what was sent apart; what is left over fails the test.</summary>
    public static List<Frame> Parse(ReadOnlySpan<byte> bytes)
    {
        var frames = new List<Frame>();
        while (!bytes.IsEmpty)
        {
            var length = (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];
            frames.Add(new Frame((FrameType)bytes[3], (FrameFlags)bytes[4], BinaryPrimitives.ReadInt32BigEndian(bytes[5..]), bytes.Slice(9, length).ToArray()));
            bytes = bytes[(9 + length)..];
        }

        return frames;
    }

    private static void AddText(List<byte> block, string text)
    {
        var length = new byte[HpackInteger.MaxBytes];
        var at = 0;
        HpackInteger.Write(length, ref at, 7, 0, text.Length);
        block.AddRange(length.AsSpan(0, at));
        block.AddRange(Encoding.Latin1.GetBytes(text));
    }
}
