using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.Bootstrap.Schema;

namespace Proxy.Discovery.Bootstrap.Messages;

/// <summary>Says which settings of the API have an effect in this proxy.</summary>
internal interface ISupport
{
    /// <summary>Null when <paramref name="value"/> has an effect in this field, else why not: <c>not supported yet</c>.</summary>
    string? Refusal(MessageType message, FieldType field, ConfigNode value);
}
