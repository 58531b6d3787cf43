using Proxy.Configuration;

namespace Proxy.Resources.Extensions;

/// <summary>A chain that has a filter whose configuration comes from elsewhere. On main.</summary>
internal interface IExtensionUse : IDisposable
{
    /// <summary>Compiles a configuration.</summary>
    /// <returns>Puts it in effect.</returns>
    /// <exception cref="ConfigException">The chain cannot use it.</exception>
    Action Prepare(ExtensionConfig config);

    /// <summary>Nothing has come, or it is gone: goes on with the default, or with none.</summary>
    void UseDefault();

    /// <summary>Waits no longer.</summary>
    void MarkReady();
}
