using System.Buffers;
using System.Text.Json;
using Google.Protobuf;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.Bootstrap.Schema;

namespace Proxy.Discovery.V3.Dump;

/// <summary>Messages as JSON text.</summary>
internal static class MessageJson
{
    // Packed messages and free-form values nest deeper in a dump than in the text they came from.
    private static readonly JsonWriterOptions Options = new() { MaxDepth = 4 * NodeLimits.MaxDepth };

    /// <summary>The JSON form in UTF-8, with secrets blanked out.</summary>
    /// <param name="message">The message.</param>
    /// <param name="typeName">Its full name: asking the message itself would initialise protobuf's descriptors.</param>
    public static ReadOnlyMemory<byte> ToJson(IMessage message, string typeName)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            new MessageJsonWriter(json).WriteMessage(message.ToByteArray(), ApiSchema.Message(typeName));
        }

        return buffer.WrittenMemory;
    }
}
