using System.Buffers;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.Bootstrap.Schema;

namespace Proxy.Discovery.V3.Dump;

/// <summary>Messages as JSON text.</summary>
internal static class MessageJson
{
    // A free-form value takes two levels of JSON for one of text at most.
    private static readonly JsonWriterOptions Options = new() { Indented = true, MaxDepth = 4 * NodeLimits.MaxDepth, IndentSize = 1 };

    /// <summary>The JSON form, indented, with secrets blanked out.</summary>
    /// <param name="message">The message.</param>
    /// <param name="typeName">Its full name: asking the message itself would initialise protobuf's descriptors.</param>
    public static string ToJson(IMessage message, string typeName)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            new MessageJsonWriter(json).WriteMessage(message.ToByteArray(), ApiSchema.Message(typeName));
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
