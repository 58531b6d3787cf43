namespace Proxy.Discovery.Bootstrap.Schema;

/// <summary>Whether a string must be usable in an HTTP header.</summary>
internal enum HeaderRule
{
    None,
    Name,
    Value,
}
