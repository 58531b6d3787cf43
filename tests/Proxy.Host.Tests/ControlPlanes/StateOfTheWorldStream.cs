using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Grpc.Core;

namespace Proxy.Host.Tests.ControlPlanes;

/// <summary>A stream where each answer has all resources.</summary>
internal sealed class StateOfTheWorldStream(IServerStreamWriter<byte[]> responses) : ControlPlaneStream(responses)
{
    private readonly Dictionary<string, HashSet<string>> _wanted = [];
    private readonly Dictionary<string, (string Version, int Names)> _told = [];

    public override (string Type, string? Error) Take(byte[] message)
    {
        var request = DiscoveryRequest.Parser.ParseFrom(message);
        var type = TypeOf(request.TypeUrl);
        lock (_wanted)
        {
            _wanted[type] = [.. request.ResourceNames];
        }

        return (type, request.ErrorDetail?.Message);
    }

    public override void Offer(string type, string version, Dictionary<string, IMessage> resources)
    {
        lock (_wanted)
        {
            if (!_wanted.TryGetValue(type, out var names) || _told.GetValueOrDefault(type) == (version, names.Count))
            {
                return;
            }

            _told[type] = (version, names.Count);
            var response = new DiscoveryResponse { VersionInfo = version, TypeUrl = UrlOf(type), Nonce = NextNonce() };
            response.Resources.AddRange(resources.Where(resource => IsWildcard(type) || names.Contains(resource.Key)).Select(resource => Pack(type, resource.Value)));
            Post(response);
        }
    }
}
