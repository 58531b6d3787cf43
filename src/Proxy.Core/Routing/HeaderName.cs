using System.Text;
using Proxy.Http;

namespace Proxy.Routing;

/// <summary>A header name from configuration, classified once so that lookups compare no names where a slot exists.</summary>
internal readonly struct HeaderName
{
    private readonly byte[] _name;

    private HeaderName(KnownHeader id, byte[] name)
    {
        Id = id;
        _name = name;
    }

    /// <summary>Which known header it is; <see cref="KnownHeader.None"/> for any other.</summary>
    public KnownHeader Id { get; }

    /// <summary>The name, lower-case.</summary>
    public ReadOnlySpan<byte> Name => _name;

    /// <summary>Classifies <paramref name="name"/>; <c>host</c> is another name of <c>:authority</c>.</summary>
    public static HeaderName Of(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        AsciiBytes.ToLower(bytes, bytes);
        var id = KnownHeaders.Classify(bytes);
        return id == KnownHeader.Host
            ? new HeaderName(KnownHeader.Authority, KnownHeaders.NameOf(KnownHeader.Authority).ToArray())
            : new HeaderName(id, bytes);
    }

    /// <summary>True when the name is a token (RFC 9110, 5.6.2), a pseudo header's colon aside.</summary>
    public static bool IsValid(string name)
    {
        var rest = name.StartsWith(':') ? name.AsSpan(1) : name;
        return !rest.IsEmpty && !rest.ContainsAnyExcept(TokenChars);
    }

    /// <summary>The first value.</summary>
    public bool TryGet(HeaderMap headers, out ReadOnlySpan<byte> value)
    {
        return Id != KnownHeader.None ? headers.TryGet(Id, out value) : headers.TryGet(_name, out value);
    }

    /// <summary>True when the header is there.</summary>
    public bool IsIn(HeaderMap headers) => Id != KnownHeader.None ? headers.Contains(Id) : headers.Contains(_name);

    /// <summary>True when <paramref name="field"/> has this name.</summary>
    public bool Is(in HeaderField field) => Id != KnownHeader.None ? field.Id == Id : field.Id == KnownHeader.None && field.Name.SequenceEqual(_name);

    public void Set(HeaderMap headers, ReadOnlySpan<byte> value)
    {
        if (Id != KnownHeader.None)
        {
            headers.Set(Id, value);
        }
        else
        {
            headers.Set(_name, value);
        }
    }

    public void Add(HeaderMap headers, ReadOnlySpan<byte> value)
    {
        if (Id != KnownHeader.None)
        {
            headers.Add(Id, value);
        }
        else
        {
            headers.Add(_name, value);
        }
    }

    public void Remove(HeaderMap headers)
    {
        if (Id != KnownHeader.None)
        {
            headers.Remove(Id);
        }
        else
        {
            headers.Remove(_name);
        }
    }

    private static readonly System.Buffers.SearchValues<char> TokenChars =
        System.Buffers.SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
}
