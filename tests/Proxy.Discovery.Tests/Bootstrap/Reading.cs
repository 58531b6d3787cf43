using System.Text;
using Google.Protobuf;
using Proxy.Discovery.Bootstrap;
using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Messages;
using Proxy.Discovery.Bootstrap.Schema;

namespace Proxy.Discovery.Tests.Bootstrap;

/// <summary>Reads a text into a message of the API, in process.</summary>
internal sealed record Reading(ReadOnlyMemory<byte> Wire, IReadOnlyList<SourceFault> Faults)
{
    public const string Bootstrap = "envoy.config.bootstrap.v3.Bootstrap";

    public IEnumerable<string> Lines => Faults.Select(f => f.ToString());

    public static Reading Yaml(string text, string message = Bootstrap, EncodeOptions? options = null) =>
        Of("envoy.yaml", Encoding.UTF8.GetBytes(text), message, options);

    public static Reading Json(string text, string message = Bootstrap, EncodeOptions? options = null) =>
        Of("envoy.json", Encoding.UTF8.GetBytes(text), message, options);

    public static Reading Of(string file, byte[] text, string message = Bootstrap, EncodeOptions? options = null)
    {
        var faults = new FaultList();
        var node = ConfigText.Parse(file, text, faults);
        var wire = node is null
            ? ReadOnlyMemory<byte>.Empty
            : MessageEncoder.Encode(node, ApiSchema.Message(message), options ?? new EncodeOptions(), faults);
        return new Reading(wire, faults.Sorted());
    }

    public T As<T>(MessageParser<T> parser)
        where T : IMessage<T>
    {
        Lines.Should().BeEmpty();
        return parser.ParseFrom(Wire.Span);
    }
}
