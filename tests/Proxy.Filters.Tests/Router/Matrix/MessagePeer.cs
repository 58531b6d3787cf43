using Proxy.Testing;

namespace Proxy.Filters.Tests.Router.Matrix;

/// <summary>A client or an upstream that says the same in either protocol: heads are <c>name: value|name: value</c> with the pseudo headers of HTTP/2.</summary>
/// <remarks>An upgrade is written as in HTTP/1.1 (<c>upgrade: websocket</c>, granted with 101) whatever is on the wire.</remarks>
internal abstract class MessagePeer(TestPeer peer, bool isClient)
{
    /// <summary>Fields of the head that came.</summary>
    public List<string> Head { get; } = [];

    public string Body { get; protected set; } = "";

    /// <summary>Fields of the trailers that came.</summary>
    public List<string> Trailers { get; } = [];

    /// <summary>The message is complete, or its side of the tunnel.</summary>
    public bool Ended { get; protected set; }

    /// <summary>It was cut.</summary>
    public bool WasCut { get; protected set; }

    protected TestPeer Peer => peer;

    protected bool IsClient => isClient;

    public static MessagePeer Of(TestPeer peer, bool isHttp2, bool isClient) => isHttp2 ? new Http2MessagePeer(peer, isClient) : new Http1MessagePeer(peer, isClient);

    /// <summary>Reads what has come.</summary>
    public MessagePeer Look()
    {
        Read();
        return this;
    }

    public abstract void SendHead(string fields, bool end = false);

    public abstract void SendData(string text, bool end = false);

    public abstract void SendTrailers(string fields);

    /// <summary>Cuts the message.</summary>
    public abstract void Abort();

    protected abstract void Read();

    protected static (string Name, string Value)[] Parse(string fields) =>
        [.. fields.Split('|').Select(static field => (field[..field.IndexOf(':', 1)], field[(field.IndexOf(':', 1) + 2)..]))];

    protected static string? Find(IEnumerable<(string Name, string Value)> fields, string name) => fields.FirstOrDefault(field => field.Name == name).Value;
}
