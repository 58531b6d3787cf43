using Google.Protobuf;
using Proxy.Configuration;
using Proxy.Discovery.Bootstrap;
using Proxy.Discovery.Bootstrap.Messages;
using Proxy.Discovery.Bootstrap.Schema;
using FaultList = Proxy.Discovery.Bootstrap.Faults.FaultList;

namespace Proxy.Discovery.Testing;

/// <summary>Reads messages from JSON.</summary>
internal static class MessageText
{
    private static readonly EncodeOptions Lenient = new() { AllowUnknownFields = true };

    /// <summary>Reads one; what is not understood is left out.</summary>
    /// <exception cref="ConfigException">It is no JSON.</exception>
    public static T Read<T>(string type, byte[] text, MessageParser<T> parser)
        where T : IMessage<T>
    {
        var faults = new FaultList();
        var root = ConfigText.Parse("request.json", text, faults) ?? throw new ConfigException("", string.Join("; ", faults.Sorted()));
        return parser.ParseFrom(MessageEncoder.Encode(root, ApiSchema.Message(type), Lenient, faults).Span);
    }
}
