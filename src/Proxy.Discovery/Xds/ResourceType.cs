using Google.Protobuf;
using Proxy.Discovery.V3;
using Proxy.Resources;

namespace Proxy.Discovery.Xds;

/// <summary>One kind of resource in the words of the protocol.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="MessageName">Full name of its message.</param>
/// <param name="Service">The gRPC service that serves this kind alone.</param>
/// <param name="Method">What the methods' names end in: <c>StreamX</c>, <c>DeltaX</c>.</param>
/// <param name="RestName">What the REST path ends in.</param>
/// <param name="Translate">Makes the record of a message.</param>
internal sealed record ResourceType(
    ResourceKind Kind, string MessageName, string Service, string Method, string RestName, Func<ByteString, TranslationContext, Place, TranslatedResource> Translate)
{
    public const string UrlPrefix = "type.googleapis.com/";

    public string Url { get; } = UrlPrefix + MessageName;

    public string StreamMethod => $"/{Service}/Stream{Method}";

    public string DeltaMethod => $"/{Service}/Delta{Method}";

    public string RestPath => "/v3/discovery:" + RestName;

    /// <summary>Everything there is may be asked for, without names.</summary>
    public bool IsWildcard => Kind is ResourceKind.Cluster or ResourceKind.Listener or ResourceKind.RouteScope;

    /// <summary>It is asked for by the name that its message has, so that it cannot be sent under another one.</summary>
    public bool IsAskedForByItsName => Kind is ResourceKind.Endpoints or ResourceKind.Routes or ResourceKind.Secret or ResourceKind.Extension or ResourceKind.Runtime;
}

/// <summary>A message and what it was translated to.</summary>
/// <param name="Name">The resource's name.</param>
/// <param name="Message">The message.</param>
/// <param name="Config">The record; null when it could not be made.</param>
internal readonly record struct TranslatedResource(string Name, IMessage Message, object? Config);
