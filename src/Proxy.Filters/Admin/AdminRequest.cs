namespace Proxy.Filters.Admin;

/// <summary>A request to the admin interface.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Path">Its path, without the query.</param>
/// <param name="Query">Its query.</param>
public sealed record AdminRequest(string Method, string Path, AdminQuery Query)
{
    /// <summary>Its body; empty when it has none or the handler wants none (<see cref="IAdminHandler.MaxBodyBytes"/>).</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Splits a target like <c>/stats?filter=a</c>.</summary>
    public static AdminRequest Parse(string method, string target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var fragment = target.IndexOf('#', StringComparison.Ordinal);
        target = fragment < 0 ? target : target[..fragment];
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        return mark < 0
            ? new AdminRequest(method, target, AdminQuery.Empty)
            : new AdminRequest(method, target[..mark], AdminQuery.Parse(target[(mark + 1)..]));
    }
}
