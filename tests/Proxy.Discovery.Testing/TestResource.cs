using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Proxy.Discovery.Xds;

namespace Proxy.Discovery.Testing;

/// <summary>A resource that a <see cref="TestControlPlane"/> serves. Immutable.</summary>
public sealed class TestResource
{
    private const string UrlPrefix = "type.googleapis.com/";

    private TestResource(string name, Any message)
    {
        Name = name;
        Message = message;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Full name of its message, such as <c>envoy.config.cluster.v3.Cluster</c>.</summary>
    public string Type => TypeOf(Message.TypeUrl);

    internal Any Message { get; }

    /// <summary>Reads one or more resources in YAML or JSON, documents apart by <c>---</c>; each says in <c>"@type"</c> what it is.</summary>
    /// <exception cref="Configuration.ConfigException">It is no such message, or breaks a rule that its schema tells; <see cref="Raw"/> checks nothing.</exception>
    public static TestResource[] Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.Split("\n---", StringSplitOptions.RemoveEmptyEntries).Select(ParseOne)];
    }

    /// <summary>A resource of any bytes, such as one that is no message.</summary>
    /// <param name="type">Full name of its message.</param>
    /// <param name="name">Its name.</param>
    /// <param name="bytes">What is sent.</param>
    public static TestResource Raw(string type, string name, ReadOnlySpan<byte> bytes) =>
        new(name, new Any { TypeUrl = UrlPrefix + type, Value = ByteString.CopyFrom(bytes) });

    internal static TestResource Of(string type, IMessage message)
    {
        var any = new Any { TypeUrl = UrlPrefix + type, Value = message.ToByteString() };
        return new TestResource(NameIn(any.Value), any);
    }

    internal static string TypeOf(string url) => url[(url.LastIndexOf('/') + 1)..];

    internal static string UrlOf(string type) => UrlPrefix + type;

    private static TestResource ParseOne(string text)
    {
        var lines = text.Split('\n').Select(static line => "    " + line);
        var wrapped = $"resources:\n  -\n{string.Join('\n', lines)}\n";
        var any = ResourceReader.ReadText("resource.yaml", System.Text.Encoding.UTF8.GetBytes(wrapped)).Resources.Single();
        return new TestResource(NameIn(any.Value), any);
    }

    // The name is field 1 of every kind of resource there is.
    private static string NameIn(ByteString message)
    {
        var input = message.CreateCodedInput();
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (tag == WireFormat.MakeTag(1, WireFormat.WireType.LengthDelimited))
            {
                return input.ReadString();
            }

            input.SkipLastField();
        }

        return "";
    }
}
