using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.Bootstrap.Schema;

namespace Proxy.Discovery.Bootstrap.Messages;

/// <summary>What a text may contain.</summary>
internal sealed record EncodeOptions
{
    /// <summary>Fields that no such message has are warnings. Default: false, they are faults.</summary>
    public bool AllowUnknownFields { get; init; }

    /// <summary>Settings that would have no effect are warnings. Default: false, they are faults.</summary>
    public bool AllowUnsupported { get; init; }

    /// <summary>Says which settings have an effect. Default: all.</summary>
    public ISupport Support { get; init; } = AllSupported.Instance;

    private sealed class AllSupported : ISupport
    {
        public static readonly AllSupported Instance = new();

        public string? Refusal(MessageType message, FieldType field, ConfigNode value) => null;
    }
}
