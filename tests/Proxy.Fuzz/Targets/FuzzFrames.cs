using Proxy.Http.H2;

namespace Proxy.Fuzz.Targets;

/// <summary>Looks at frames that a codec has written.</summary>
internal static class FuzzFrames
{
    /// <summary>Throws unless they are whole.</summary>
    public static void Check(ReadOnlySpan<byte> written)
    {
        while (!written.IsEmpty)
        {
            if (written.Length < Http2Frame.HeadBytes || written.Length < Http2Frame.HeadBytes + Http2Frame.Read(written).Length)
            {
                throw new FuzzException("half a frame was written");
            }

            written = written[(Http2Frame.HeadBytes + Http2Frame.Read(written).Length)..];
        }
    }
}
