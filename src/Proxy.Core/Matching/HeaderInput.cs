using Proxy.Http;
using Proxy.Routing;

namespace Proxy.Matching;

/// <summary>Which headers an input reads.</summary>
internal enum HeaderSource
{
    Request,
    RequestTrailers,
    Response,
    ResponseTrailers,
}

/// <summary>A header or trailer: all its values, joined by commas.</summary>
internal sealed class HeaderInput(HeaderSource source, string name) : MatchInput
{
    private readonly HeaderName _name = HeaderName.Of(name);

    /// <inheritdoc />
    public override InputState Read(in MatchData data, Span<byte> room, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (Of(data) is not { } headers)
        {
            return InputState.TooEarly;
        }

        var count = 0;
        var length = 0;
        foreach (var field in headers)
        {
            if (_name.Is(field))
            {
                value = field.Value;
                length += field.Value.Length;
                count++;
            }
        }

        if (count > 1)
        {
            length += count - 1;
            value = Join(headers, length <= room.Length ? room[..length] : new byte[length]);
        }

        return count == 0 ? InputState.Missing : InputState.Present;
    }

    private HeaderMap? Of(in MatchData data) => source switch
    {
        HeaderSource.Request => data.RequestHeaders,
        HeaderSource.RequestTrailers => data.RequestTrailers,
        HeaderSource.Response => data.ResponseHeaders,
        _ => data.ResponseTrailers,
    };

    private ReadOnlySpan<byte> Join(HeaderMap headers, Span<byte> joined)
    {
        var at = 0;
        foreach (var field in headers)
        {
            if (_name.Is(field))
            {
                if (at > 0)
                {
                    joined[at - 1] = (byte)',';
                }

                field.Value.CopyTo(joined[at..]);
                at += field.Value.Length + 1;
            }
        }

        return joined;
    }
}

/// <summary>The status of the response, or its class.</summary>
internal sealed class StatusInput(bool isClass) : MatchInput
{
    /// <inheritdoc />
    public override InputState Read(in MatchData data, Span<byte> room, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (data.ResponseHeaders is not { } headers)
        {
            return InputState.TooEarly;
        }

        value = headers.Get(KnownHeader.Status);
        if (value.Length != 3)
        {
            return InputState.Missing;
        }

        if (isClass)
        {
            room[0] = value[0];
            room[1] = room[2] = (byte)'x';
            value = room[..3];
        }

        return InputState.Present;
    }
}
