namespace Proxy.Resources;

/// <summary>Brings resources. On main.</summary>
internal interface IResourceSource
{
    /// <summary>Begins to watch.</summary>
    /// <returns>Null when the source is of another kind.</returns>
    /// <exception cref="Configuration.ConfigException">The source cannot be used.</exception>
    IResourceSubscription? Subscribe(ResourceRequest request, IResourceWatcher watcher);

    /// <summary>Holds requests for a kind back until <see cref="Resume"/> was called as often.</summary>
    void Pause(ResourceKind kind);

    /// <summary>Ends a <see cref="Pause"/>; what was held back goes out as one request.</summary>
    void Resume(ResourceKind kind);

    /// <summary>Stops everything.</summary>
    void Close();
}

/// <summary>Makes the source of one proxy; found in DI.</summary>
internal interface IResourceSourceFactory
{
    /// <summary>The source for the proxy behind <paramref name="context"/>.</summary>
    IResourceSource Create(ResourceContext context);
}

/// <summary>A watch that goes on until it is disposed. On main.</summary>
internal interface IResourceSubscription : IDisposable
{
    /// <summary>Watches these names instead.</summary>
    void Rename(IReadOnlyCollection<string> names);

    /// <summary>Watches one more name; asks for it again when it is watched already, for something that has gone or never came.</summary>
    void Ask(string name);
}
