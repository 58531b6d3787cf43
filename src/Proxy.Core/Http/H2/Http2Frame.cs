using System.Buffers.Binary;

namespace Proxy.Http.H2;

/// <summary>Types of frames (RFC 9113 section 6).</summary>
internal enum FrameType : byte
{
    Data = 0,
    Headers = 1,
    Priority = 2,
    Reset = 3,
    Settings = 4,
    PushPromise = 5,
    Ping = 6,
    GoAway = 7,
    WindowUpdate = 8,
    Continuation = 9,
}

/// <summary>Flags of frames; what a bit means depends on the type.</summary>
[Flags]
internal enum FrameFlags : byte
{
    None = 0,
    EndStream = 0x1,
    Ack = EndStream,
    EndHeaders = 0x4,
    Padded = 0x8,
    Priority = 0x20,
}

/// <summary>Error codes (RFC 9113 section 7).</summary>
internal enum Http2Error : uint
{
    None = 0,
    Protocol = 1,
    Internal = 2,
    FlowControl = 3,
    SettingsTimeout = 4,
    StreamClosed = 5,
    FrameSize = 6,
    RefusedStream = 7,
    Cancel = 8,
    Compression = 9,
    Connect = 10,
    EnhanceYourCalm = 11,
    InadequateSecurity = 12,
    Http11Required = 13,
}

/// <summary>Parameters of SETTINGS (RFC 9113 section 6.5.2, RFC 8441 section 3, RFC 9218 section 2.1).</summary>
internal enum Setting : ushort
{
    HeaderTableSize = 1,
    EnablePush = 2,
    MaxConcurrentStreams = 3,
    InitialWindowSize = 4,
    MaxFrameSize = 5,
    MaxHeaderListSize = 6,
    EnableConnectProtocol = 8,
    NoPriorities = 9,
}

/// <summary>The nine bytes in front of each frame (RFC 9113 section 4.1).</summary>
internal readonly record struct Http2Frame(int Length, FrameType Type, FrameFlags Flags, int StreamId)
{
    /// <summary>Bytes of a frame's head.</summary>
    public const int HeadBytes = 9;

    /// <summary>Most bytes of a frame's payload, unless something else is agreed on; nothing else is asked for here.</summary>
    public const int DefaultMaxLength = 16 * 1024;

    /// <summary>The window of a connection, and of streams unless something else is said.</summary>
    public const int DefaultWindow = 65535;

    /// <summary>What a client sends first (RFC 9113 section 3.4).</summary>
    public static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>True when the flag is set.</summary>
    public bool Has(FrameFlags flag) => (Flags & flag) != 0;

    /// <summary>Reads a head.</summary>
    public static Http2Frame Read(ReadOnlySpan<byte> data)
    {
        return new Http2Frame(
            (data[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(data[1..]),
            (FrameType)data[3],
            (FrameFlags)data[4],
            (int)(BinaryPrimitives.ReadUInt32BigEndian(data[5..]) & int.MaxValue));
    }

    /// <summary>Writes the head.</summary>
    public void Write(Span<byte> destination)
    {
        destination[0] = (byte)(Length >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], (ushort)Length);
        destination[3] = (byte)Type;
        destination[4] = (byte)Flags;
        BinaryPrimitives.WriteInt32BigEndian(destination[5..], StreamId);
    }
}
