namespace Proxy.Http.H1;

/// <summary>What happens to a request header whose name has an underscore (Envoy <c>headers_with_underscores_action</c>).</summary>
internal enum HeadersWithUnderscoresAction
{
    /// <summary>It passes like any other. The default.</summary>
    Allow,

    /// <summary>The request is refused with 400.</summary>
    RejectRequest,

    /// <summary>The header is left out.</summary>
    DropHeader,
}
