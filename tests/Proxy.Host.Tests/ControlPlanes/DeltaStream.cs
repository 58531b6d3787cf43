using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Grpc.Core;

namespace Proxy.Host.Tests.ControlPlanes;

/// <summary>A stream where each answer has what changed.</summary>
internal sealed class DeltaStream(IServerStreamWriter<byte[]> responses) : ControlPlaneStream(responses)
{
    private readonly Dictionary<string, HashSet<string>> _wanted = [];
    private readonly Dictionary<(string Type, string Name), IMessage> _told = [];

    public override (string Type, string? Error) Take(byte[] message)
    {
        var request = DeltaDiscoveryRequest.Parser.ParseFrom(message);
        var type = TypeOf(request.TypeUrl);
        lock (_wanted)
        {
            if (!_wanted.TryGetValue(type, out var names))
            {
                _wanted[type] = names = [];
            }

            names.UnionWith(request.ResourceNamesSubscribe);
            names.ExceptWith(request.ResourceNamesUnsubscribe);
        }

        return (type, request.ErrorDetail?.Message);
    }

    public override void Offer(string type, string version, Dictionary<string, IMessage> resources)
    {
        lock (_wanted)
        {
            if (!_wanted.TryGetValue(type, out var names))
            {
                return;
            }

            var response = new DeltaDiscoveryResponse { SystemVersionInfo = version, TypeUrl = UrlOf(type), Nonce = NextNonce() };
            foreach (var (name, message) in resources.Where(resource => IsWildcard(type) || names.Contains(resource.Key)))
            {
                if (!_told.TryGetValue((type, name), out var known) || !known.Equals(message))
                {
                    _told[(type, name)] = message;
                    response.Resources.Add(new Resource { Name = name, Version = version, Resource_ = Pack(type, message) });
                }
            }

            foreach (var gone in _told.Keys.Where(told => told.Type == type && !resources.ContainsKey(told.Name)).ToArray())
            {
                _told.Remove(gone);
                response.RemovedResources.Add(gone.Name);
            }

            if (response.Resources.Count > 0 || response.RemovedResources.Count > 0)
            {
                Post(response);
            }
        }
    }
}
