using Proxy.Http;
using Proxy.Matching;
using Proxy.Routing;

namespace Proxy.Expressions.Attributes;

/// <summary>Headers or trailers as a map: a header that stands there several times has its values joined by commas.</summary>
internal sealed class HeadersNode(HeaderSource source) : CelNode
{
    private readonly HeadersMap _map = new(source);

    public override CelValue Evaluate(in CelContext context) => CelValue.OfMap(_map);

    /// <summary>What reads one header.</summary>
    public CelNode Of(string name)
    {
        var header = HeaderName.Of(name);
        return new AttributeNode((in CelContext context) => HeadersMap.Read(HeadersMap.HeadersOf(context, source), header, context));
    }
}

/// <summary>Headers or trailers, by name.</summary>
internal sealed class HeadersMap(HeaderSource source) : CelMap
{
    public static HeaderMap? HeadersOf(in CelContext context, HeaderSource source) => source switch
    {
        HeaderSource.Request => context.Data.RequestHeaders,
        HeaderSource.Response => context.Data.ResponseHeaders,
        _ => context.Data.ResponseTrailers,
    };

    /// <summary>The values of a header; an error when there is none.</summary>
    public static CelValue Read(HeaderMap? headers, HeaderName name, in CelContext context)
    {
        if (headers is null || !name.TryGet(headers, out var value))
        {
            return CelValue.NoSuchKey;
        }

        var start = context.Room.Length;
        var count = 0;
        foreach (var field in headers)
        {
            if (name.Is(field))
            {
                context.Room.Write(count++ > 0 ? ","u8 : default);
                context.Room.Write(field.Value);
            }
        }

        return count > 1 ? context.Written(start) : CelValue.OfText(value);
    }

    public override CelValue Find(in CelContext context, CelValue key) => Read(HeadersOf(context, source), HeaderName.Of(key.String), context);

    public override int Count(in CelContext context)
    {
        var names = new HashSet<string>(StringComparer.Ordinal); // asked for by size() only
        if (HeadersOf(context, source) is { } headers)
        {
            foreach (var field in headers)
            {
                names.Add(System.Text.Encoding.ASCII.GetString(field.Name));
            }
        }

        return names.Count;
    }
}
