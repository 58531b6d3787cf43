using System.Globalization;
using System.Threading.Channels;
using Google.Protobuf;

namespace Proxy.Discovery.Testing;

/// <summary>One stream: what the client has asked for on it, and what it was told. Used under the control plane's gate but for its outbox.</summary>
/// <param name="number">Number of the stream, from 1.</param>
internal abstract class DiscoveryStream(int number)
{
    private readonly Channel<(string Type, IMessage Message)> _outbox = Channel.CreateUnbounded<(string Type, IMessage Message)>();
    private int _nonces;

    /// <summary>Answers in the order they are to be sent; ends with the stream.</summary>
    public ChannelReader<(string Type, IMessage Message)> Outbox => _outbox.Reader;

    protected int Number { get; } = number;

    /// <summary>Takes a request.</summary>
    public abstract TestControlPlaneRequest Take(byte[] message);

    /// <summary>Sends what the client wants of these resources and does not have.</summary>
    public abstract void Offer(string type, Snapshot snapshot);

    /// <summary>Sends an answer that the client has no reason to expect.</summary>
    public abstract void Send(string type, string version, string nonce, IEnumerable<TestResource> resources);

    /// <summary>Ends the stream.</summary>
    public void End() => _outbox.Writer.TryComplete();

    protected string NextNonce() => string.Create(CultureInfo.InvariantCulture, $"{Number}-{++_nonces}");

    protected void Post(string type, IMessage message) => _outbox.Writer.TryWrite((type, message));
}
