namespace Proxy.Observability;

/// <summary>What command operators know about the process: nothing of it is looked up while formatting.</summary>
public sealed record FormatEnvironment
{
    /// <summary>An unnamed machine without variables.</summary>
    public static FormatEnvironment Empty { get; } = new();

    /// <summary>For <c>%HOSTNAME%</c>; empty when not known.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>For <c>%ENVIRONMENT(X)%</c>: the variable's value, or null. Asked when a format is compiled.</summary>
    public Func<string, string?> Variable { get; init; } = static _ => null;

    /// <summary>Whether the format that is compiled may use <c>%REQ_WITHOUT_QUERY%</c>.</summary>
    internal bool AllowRequestWithoutQuery { get; init; }
}
