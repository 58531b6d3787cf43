using Proxy.Routing;

namespace Proxy.Filters.Tests.HttpConnectionManager;

internal sealed class FakeRoute : Route
{
    public Dictionary<int, object> Configs { get; } = [];

    public Dictionary<int, bool> Enabled { get; } = [];

    public override string Name => "r";

    public override string VirtualHostName => "v";

    public override object? FilterConfig(int slot) => Configs.GetValueOrDefault(slot);

    public override bool? IsFilterEnabled(int slot) => Enabled.TryGetValue(slot, out var enabled) ? enabled : null;
}
