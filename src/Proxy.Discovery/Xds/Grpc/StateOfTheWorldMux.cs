using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Discovery.Xds.Names;
using Proxy.Resources;

namespace Proxy.Discovery.Xds.Grpc;

/// <summary>The variant where each answer has all resources (<c>GRPC</c>).</summary>
internal sealed class StateOfTheWorldMux(
    ResourceContext context, ControlPlaneConfig config, IRpcChannelFactory channels, string method, string prefix) : GrpcMux(context, config, channels, method, prefix)
{
    private const int RefusedCode = 13; // as Envoy

    private readonly Dictionary<WatchedType, ResourceLifetimes> _lifetimes = [];

    protected override void OnOpened(WatchedType type)
    {
        type.Nonce = "";
        type.Error = null;
    }

    protected override void OnNamesChanged(WatchedType type) => Queue(type);

    // A new watch asks again, and waits for the answer to that.
    protected override void OnSubscribed(WatchedType type, Subscription subscription)
    {
    }

    protected override byte[] CreateRequest(WatchedType type)
    {
        var request = new DiscoveryRequest
        {
            VersionInfo = type.Version,
            ResponseNonce = type.Nonce,
            TypeUrl = type.Type.Url,
            Node = NodeForRequest,
        };
        request.ResourceNames.AddRange(type.Names);
        if (type.Error is { } error)
        {
            request.ErrorDetail = new Google.Rpc.Status { Code = RefusedCode, Message = error };
            type.Error = null;
        }

        return request.ToByteArray();
    }

    protected override async Task HandleAsync(byte[] message)
    {
        var response = DiscoveryResponse.Parser.ParseFrom(message);
        Identify(response.ControlPlane?.Identifier);
        if (Find(response.TypeUrl) is not { } type)
        {
            return; // nobody has ever asked for it
        }

        // What handling it leads to of the same type goes out with the acknowledgement.
        Pause(type.Type.Kind);
        var faults = await TakeAsync(type, response);
        type.Nonce = response.Nonce;
        if (faults.Count > 0)
        {
            type.Error = WatchedType.Describe(faults);
            LogRefused(type, response.VersionInfo, type.Error);
        }
        else if (type.Subscriptions.Count > 0 || response.Resources.Count == 0)
        {
            type.Version = response.VersionInfo;
        }

        Queue(type);
        Resume(type.Type.Kind);
    }

    private async ValueTask<IReadOnlyList<ConfigFault>> TakeAsync(WatchedType type, DiscoveryResponse response)
    {
        List<ReadResource> read;
        try
        {
            read = ResourceReader.Read(type.Type, response.VersionInfo, response.Resources, Context.UnknownFields);
            read.ForEach(static one => XdsName.Check(one.Resource.Name));
        }
        catch (ConfigException e)
        {
            Refuse(type, RefusedAnswers.Of(response, e, Context.Main.UtcNow));
            return e.Faults;
        }

        RenewLifetimes(type, read);
        var parts = type.Split(read.ConvertAll(static one => one.Resource), []);
        return await DeliverAsync(type, parts, part => new ResourceUpdate(response.VersionInfo, part.Resources) { IsComplete = true });
    }

    private void RenewLifetimes(WatchedType type, List<ReadResource> read)
    {
        if (!_lifetimes.TryGetValue(type, out var lifetimes))
        {
            if (read.TrueForAll(static one => one.TimeToLive is null))
            {
                return;
            }

            lifetimes = new ResourceLifetimes(Context.Main, name => _ = ExpireAsync(type, name));
            _lifetimes.Add(type, lifetimes);
        }

        foreach (var one in read)
        {
            lifetimes.Renew(one.Resource.Name, one.TimeToLive);
        }

        if (type.Type.IsWildcard)
        {
            lifetimes.Keep([.. read.Select(static one => one.Resource.Name)]);
        }
    }

    private static async Task ExpireAsync(WatchedType type, string name)
    {
        foreach (var part in type.Split([], [name]))
        {
            await part.Subscription.DeliverAsync(new ResourceUpdate(type.Version, []) { Removed = part.Removed });
        }
    }
}
