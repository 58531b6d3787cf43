namespace Proxy.Configuration.Http;

/// <summary>How a text is compared.</summary>
public enum StringMatchKind
{
    /// <summary>Equal.</summary>
    Exact,

    /// <summary>Begins with.</summary>
    Prefix,

    /// <summary>Ends with.</summary>
    Suffix,

    /// <summary>Has it inside.</summary>
    Contains,

    /// <summary>Is matched whole by an RE2 expression.</summary>
    Regex,
}

/// <summary>A comparison with a text (Envoy <c>matcher.v3.StringMatcher</c>).</summary>
public sealed record StringMatcherConfig(StringMatchKind Kind, string Pattern)
{
    /// <summary>Ignores the case of A-Z; without effect on expressions. Default false.</summary>
    public bool IgnoreCase { get; init; }
}

/// <summary>A condition on a header (Envoy <c>route.v3.HeaderMatcher</c>). With neither text, range nor presence: the header must be there.</summary>
public sealed record HeaderMatcherConfig(string Name)
{
    /// <summary>Compares the value.</summary>
    public StringMatcherConfig? Text { get; init; }

    /// <summary>Value is a whole number in [Start, End).</summary>
    public Int64Range? Range { get; init; }

    /// <summary>Header must be there (true) or absent (false).</summary>
    public bool? Present { get; init; }

    /// <summary>Turns the answer round. Default false.</summary>
    public bool Invert { get; init; }

    /// <summary>A missing header counts as an empty one. Default false.</summary>
    public bool MissingAsEmpty { get; init; }
}

/// <summary>Whole numbers from <paramref name="Start"/> up to but not including <paramref name="End"/>.</summary>
public sealed record Int64Range(long Start, long End);

/// <summary>A condition on a query parameter (Envoy <c>route.v3.QueryParameterMatcher</c>).</summary>
public sealed record QueryParameterMatcherConfig(string Name)
{
    /// <summary>Compares the value; null asks for presence.</summary>
    public StringMatcherConfig? Text { get; init; }

    /// <summary>Parameter must be there (true) or absent (false).</summary>
    public bool? Present { get; init; }
}

/// <summary>A condition on a cookie (Envoy <c>route.v3.CookieMatcher</c>).</summary>
/// <param name="Name">Name of the cookie; case matters.</param>
/// <param name="Text">Compares the value of the first cookie of the name, without its quotes.</param>
public sealed record CookieMatcherConfig(string Name, StringMatcherConfig Text)
{
    /// <summary>Turns the answer round; a missing cookie fulfils the condition then. Default false.</summary>
    public bool Invert { get; init; }
}

/// <summary>A share: numerator over 100, 10,000 or 1,000,000 (Envoy <c>type.v3.FractionalPercent</c>), which a runtime key may override.</summary>
public sealed record FractionConfig(uint Numerator, uint Denominator = 100, string RuntimeKey = "");
