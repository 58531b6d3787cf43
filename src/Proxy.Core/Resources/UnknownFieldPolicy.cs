namespace Proxy.Resources;

/// <summary>What becomes of fields in dynamic resources that no message has: a newer control plane may send them.</summary>
public enum UnknownFieldPolicy
{
    /// <summary>They are left out; each message that has some is counted (<c>server.dynamic_unknown_fields</c>) and logged once.</summary>
    Warn,

    /// <summary>The resource is refused (Envoy <c>--reject-unknown-dynamic-fields</c>).</summary>
    Refuse,

    /// <summary>They are left out in silence (Envoy <c>--ignore-unknown-dynamic-fields</c>).</summary>
    Ignore,
}
