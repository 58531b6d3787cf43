using Proxy.Discovery.Bootstrap.Schema;

namespace Proxy.Discovery.Bootstrap.Messages;

/// <summary>Says which fields of the API have an effect in this proxy.</summary>
internal interface ISupport
{
    bool HasEffect(MessageType message, FieldType field);
}
