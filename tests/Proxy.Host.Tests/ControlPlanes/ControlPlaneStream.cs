using System.Threading.Channels;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Proxy.Host.Tests.ControlPlanes;

/// <summary>One stream of a <see cref="ControlPlane"/>: what the proxy has asked for on it, and what it was told. Used under the control plane's gate but for sending.</summary>
internal abstract class ControlPlaneStream(IServerStreamWriter<byte[]> responses)
{
    private readonly Channel<IMessage> _outbox = Channel.CreateUnbounded<IMessage>();
    private int _nonces;

    /// <summary>Takes a request.</summary>
    /// <returns>What type it is about, and the error when it refuses an answer.</returns>
    public abstract (string Type, string? Error) Take(byte[] message);

    /// <summary>Sends what the proxy wants of these resources and does not have.</summary>
    public abstract void Offer(string type, string version, Dictionary<string, IMessage> resources);

    /// <summary>Ends the stream.</summary>
    public void End() => _outbox.Writer.TryComplete();

    public async Task SendAsync()
    {
        await foreach (var message in _outbox.Reader.ReadAllAsync())
        {
            await responses.WriteAsync(message.ToByteArray());
        }
    }

    protected static string UrlOf(string type) => "type.googleapis.com/" + type;

    protected static string TypeOf(string url) => url[(url.LastIndexOf('/') + 1)..];

    protected static bool IsWildcard(string type) => type.EndsWith(".Cluster", StringComparison.Ordinal) || type.EndsWith(".Listener", StringComparison.Ordinal);

    protected static Any Pack(string type, IMessage message) => new() { TypeUrl = UrlOf(type), Value = message.ToByteString() };

    protected string NextNonce() => $"nonce {++_nonces}";

    protected void Post(IMessage message) => _outbox.Writer.TryWrite(message);
}
