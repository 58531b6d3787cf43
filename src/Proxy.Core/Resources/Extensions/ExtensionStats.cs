using Proxy.Stats;

namespace Proxy.Resources.Extensions;

/// <summary>What is counted of a filter's configuration besides its subscription.</summary>
internal static class ExtensionStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId Reload = Schema.Counter("config_reload");
    public static readonly CounterId Fail = Schema.Counter("config_fail");
    public static readonly CounterId Conflict = Schema.Counter("config_conflict");
}
