using System.Net;
using System.Text;

namespace Proxy.Matching;

/// <summary>Which address an input reads.</summary>
internal enum AddressSource
{
    /// <summary>The client, as far as it can be told.</summary>
    Client,

    /// <summary>The socket's peer.</summary>
    Peer,

    /// <summary>Where the client connected to.</summary>
    Destination,
}

/// <summary>An IP address of the connection; missing where it has none.</summary>
internal sealed class AddressInput(AddressSource source) : MatchInput
{
    /// <summary>The address that <paramref name="source"/> stands for; null when it is no IP address.</summary>
    public static IPEndPoint? Find(in MatchData data, AddressSource source) => source switch
    {
        AddressSource.Client => data.Info?.Remote ?? data.Connection?.RemoteEndPoint,
        AddressSource.Peer => data.Connection?.DirectRemoteEndPoint,
        _ => data.Connection?.LocalEndPoint,
    } as IPEndPoint;

    /// <inheritdoc />
    public override InputState Read(in MatchData data, Span<byte> room, out ReadOnlySpan<byte> value)
    {
        value = Find(data, source) is { } endPoint ? IpText.Write(endPoint.Address, room) : default;
        return value.IsEmpty ? InputState.Missing : InputState.Present;
    }

    /// <inheritdoc />
    public override InputState ReadAddress(in MatchData data, out IPAddress? address)
    {
        address = Find(data, source)?.Address;
        return address is null ? InputState.Missing : InputState.Present;
    }
}

/// <summary>A port of the connection; missing where it has none.</summary>
internal sealed class PortInput(AddressSource source) : MatchInput
{
    /// <inheritdoc />
    public override InputState Read(in MatchData data, Span<byte> room, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (AddressInput.Find(data, source) is not { } endPoint)
        {
            return InputState.Missing;
        }

        System.Buffers.Text.Utf8Formatter.TryFormat(endPoint.Port, room, out var length);
        value = room[..length];
        return InputState.Present;
    }
}

/// <summary><c>local</c> for clients on this machine.</summary>
internal sealed class SourceTypeInput : MatchInput
{
    /// <inheritdoc />
    public override InputState Read(in MatchData data, Span<byte> room, out ReadOnlySpan<byte> value)
    {
        value = IsLocal(data) ? "local"u8 : default;
        return value.IsEmpty ? InputState.Missing : InputState.Present;
    }

    private static bool IsLocal(in MatchData data)
    {
        var client = AddressInput.Find(data, AddressSource.Client)?.Address;
        return client is not null && (IPAddress.IsLoopback(client) || client.Equals(AddressInput.Find(data, AddressSource.Destination)?.Address));
    }
}

/// <summary>The server name that the client asked for; missing when it named none.</summary>
internal sealed class ServerNameInput : MatchInput
{
    /// <inheritdoc />
    public override InputState Read(in MatchData data, Span<byte> room, out ReadOnlySpan<byte> value)
    {
        value = data.Connection?.ServerName is { Length: > 0 } name ? Utf8.GetBytes(name, room) : default;
        return value.IsEmpty ? InputState.Missing : InputState.Present;
    }
}

/// <summary>What the listener filters found the bytes to be.</summary>
internal sealed class TransportProtocolInput : MatchInput
{
    /// <inheritdoc />
    public override InputState Read(in MatchData data, Span<byte> room, out ReadOnlySpan<byte> value)
    {
        value = Utf8.GetBytes(data.Connection?.TransportProtocol ?? "", room);
        return value.IsEmpty ? InputState.Missing : InputState.Present;
    }
}

/// <summary>The application protocols that the client offers, each in quotes, separated by commas; missing when it offers none.</summary>
internal sealed class ApplicationProtocolInput : MatchInput
{
    /// <inheritdoc />
    public override InputState Read(in MatchData data, Span<byte> room, out ReadOnlySpan<byte> value)
    {
        var protocols = data.Connection?.ApplicationProtocols ?? [];
        value = protocols.Count == 0 ? default : Utf8.GetBytes($"'{string.Join("','", protocols)}'", room);
        return value.IsEmpty ? InputState.Missing : InputState.Present;
    }
}

/// <summary>A value that a filter left for others, as text.</summary>
internal sealed class FilterStateInput(string key) : MatchInput
{
    /// <summary>The value under <paramref name="key"/>: of the request, else of its connection; null when there is none.</summary>
    public static object? Find(in MatchData data, string key)
    {
        if (data.Info is { HasFilterData: true } info && info.FilterState.TryGetValue(key, out var value))
        {
            return value;
        }

        return data.Connection is not null && data.Connection.FilterState.TryGetValue(key, out value) ? value : null;
    }

    /// <inheritdoc />
    public override InputState Read(in MatchData data, Span<byte> room, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (Find(data, key)?.ToString() is not { } text)
        {
            return InputState.Missing;
        }

        value = Utf8.GetBytes(text, room);
        return InputState.Present;
    }
}

/// <summary>The same text for all.</summary>
internal sealed class ConstantInput(string? text) : MatchInput
{
    private readonly byte[]? _text = text is null ? null : Encoding.UTF8.GetBytes(text);

    /// <inheritdoc />
    public override InputState Read(in MatchData data, Span<byte> room, out ReadOnlySpan<byte> value)
    {
        value = _text;
        return _text is null ? InputState.Missing : InputState.Present;
    }
}
