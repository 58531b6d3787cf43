namespace Proxy.Expressions.Attributes;

/// <summary><c>upstream.…</c>, of the attempt made last.</summary>
internal static class UpstreamAttributes
{
    public static AttributeMap Create() => ConnectionAttributes.AddTls(new AttributeMap(), static (in CelContext c) => c.Data.Info?.UpstreamTls)
        .Add("address", static (in CelContext c) => ConnectionAttributes.Address(c, c.Data.Info?.UpstreamRemote))
        .Add("port", static (in CelContext c) => ConnectionAttributes.Port(c.Data.Info?.UpstreamRemote))
        .Add("local_address", static (in CelContext c) => ConnectionAttributes.Address(c, c.Data.Info?.UpstreamLocal))
        .Add("locality", static (in CelContext c) => c.Data.Info?.UpstreamHost is { } host ? CelValue.OfMap(host.Locality) : CelValue.NoSuchKey)
        .Add("transport_failure_reason", static (in CelContext c) => c.Text(c.Data.Info?.UpstreamTransportFailure))
        .Add("request_attempt_count", static (in CelContext c) => CelValue.Of((ulong)(c.Data.Info?.AttemptCount ?? 0)))
        .Refuse("cx_pool_ready_duration", "num_endpoints");
}
