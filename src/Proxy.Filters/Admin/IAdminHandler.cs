namespace Proxy.Filters.Admin;

/// <summary>Answers one path of the admin interface. Register more in DI; one with the path of a built-in takes its place.</summary>
/// <remarks>Called on the proxy's main event loop, one request at a time: answer quickly.</remarks>
public interface IAdminHandler
{
    /// <summary>The path, such as <c>/memory</c>.</summary>
    string Path { get; }

    /// <summary>One line for <c>/help</c>.</summary>
    string Help { get; }

    /// <summary>Whether requests change something and so must be POST; others are answered with 405.</summary>
    bool ChangesState { get; }

    /// <summary>The most bytes of a body that are read for it; requests with more are answered with 413. Default 0: bodies are not looked at.</summary>
    int MaxBodyBytes => 0;

    /// <summary>Answers <paramref name="request"/>.</summary>
    AdminResponse Handle(AdminRequest request);
}
