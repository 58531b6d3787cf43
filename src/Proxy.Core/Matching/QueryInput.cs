using System.Text;
using Proxy.Http;
using Proxy.Observability.Operators;
using Proxy.Routing.Matching;

namespace Proxy.Matching;

/// <summary>A query parameter: the first of its name, decoded.</summary>
internal sealed class QueryInput(string name) : MatchInput
{
    private readonly byte[] _name = Encoding.UTF8.GetBytes(name);

    /// <inheritdoc />
    public override InputState Read(in MatchData data, Span<byte> room, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (data.RequestHeaders is not { } headers)
        {
            return InputState.TooEarly;
        }

        QueryString.Split(headers.Get(KnownHeader.Path), out var query);
        while (!query.IsEmpty)
        {
            if (Is(QueryString.Next(ref query, out value), room))
            {
                value = Decode(value, room);
                return InputState.Present;
            }
        }

        value = default;
        return InputState.Missing;
    }

    private bool Is(ReadOnlySpan<byte> name, Span<byte> room) => Decode(name, room).SequenceEqual(_name);

    private static ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> text, Span<byte> room)
    {
        if (!text.Contains((byte)'%'))
        {
            return text;
        }

        var decoded = text.Length <= room.Length ? room : new byte[text.Length];
        return decoded[..PercentDecoding.Decode(text, decoded)];
    }
}
