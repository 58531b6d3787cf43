using System.Text;
using Proxy.Connections;
using Proxy.Http;

namespace Proxy.Fuzz.Targets;

/// <summary>Keeps what a codec writes.</summary>
internal sealed class FuzzTransport : ICodecTransport
{
    private readonly List<byte> _written = [];

    public bool IsClosing { get; private set; }

    public int ReadDisables { get; private set; }

    public byte[] Written => [.. _written];

    public override string ToString() => Encoding.Latin1.GetString(Written);

    public void Write(ReadOnlySpan<byte> data) => _written.AddRange(data);

    public void BeginTunnel()
    {
    }

    public void EndWrite()
    {
    }

    public void ReadDisable(bool disable)
    {
        ReadDisables += disable ? 1 : -1;
        if (ReadDisables < 0)
        {
            throw new FuzzException("reading was enabled more often than disabled");
        }
    }

    public void Close(CloseMode mode, string details) => IsClosing = true;

    /// <summary>Hands bytes over in pieces, with redelivery of what was not used.</summary>
    public void Feed(byte[] input, int piece, Func<byte[], int> dispatch)
    {
        var pending = new List<byte>();
        for (var at = 0; at < input.Length && !IsClosing; at += piece)
        {
            pending.AddRange(input.AsSpan(at, Math.Min(piece, input.Length - at)));
            while (pending.Count > 0 && ReadDisables == 0 && !IsClosing)
            {
                var used = dispatch([.. pending]);
                if (used < 0 || used > pending.Count)
                {
                    throw new FuzzException("more bytes were used than there are");
                }

                pending.RemoveRange(0, used);
                if (used == 0)
                {
                    break;
                }
            }
        }
    }
}
