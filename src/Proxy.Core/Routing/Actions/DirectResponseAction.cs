using Proxy.Observability;

namespace Proxy.Routing.Actions;

/// <summary>Answers without an upstream (Envoy <c>DirectResponseAction</c>).</summary>
internal sealed class DirectResponseAction : RouteAction
{
    public required int Status { get; init; }

    public required byte[] Body { get; init; }

    /// <summary>Makes the body of <see cref="Body"/> (<c>%LOCAL_REPLY_BODY%</c>); null sends it as it is.</summary>
    public LogFormat? BodyFormat { get; init; }

    /// <summary>Content type of a formatted body; null leaves it to the local reply.</summary>
    public byte[]? ContentType { get; init; }
}
