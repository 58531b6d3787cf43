namespace Proxy.Configuration.Http;

/// <summary>How a header is added (Envoy <c>HeaderValueOption.HeaderAppendAction</c>).</summary>
public enum HeaderAppendAction
{
    /// <summary>Beside what is there.</summary>
    AppendIfExistsOrAdd,

    /// <summary>Only when it is not there.</summary>
    AddIfAbsent,

    /// <summary>In place of what is there.</summary>
    OverwriteIfExistsOrAdd,

    /// <summary>In place of what is there, and only then.</summary>
    OverwriteIfExists,
}

/// <summary>A header to add; its value may have command operators.</summary>
public sealed record HeaderAddition(string Name, string Value)
{
    /// <summary>How. Default appends.</summary>
    public HeaderAppendAction Action { get; init; }

    /// <summary>Adds it even when the value comes out empty. Default false.</summary>
    public bool KeepEmptyValue { get; init; }
}

/// <summary>Header additions and removals of one level: table, virtual host, route or weighted cluster.</summary>
public sealed record HeaderEditsConfig
{
    /// <summary>No edits.</summary>
    public static HeaderEditsConfig None { get; } = new();

    /// <summary>Headers added to requests.</summary>
    public ConfigList<HeaderAddition> RequestAdditions { get; init; } = [];

    /// <summary>Headers removed from requests.</summary>
    public ConfigList<string> RequestRemovals { get; init; } = [];

    /// <summary>Headers added to responses.</summary>
    public ConfigList<HeaderAddition> ResponseAdditions { get; init; } = [];

    /// <summary>Headers removed from responses.</summary>
    public ConfigList<string> ResponseRemovals { get; init; } = [];
}
