using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Discovery.Xds.Names;
using Proxy.Resources;

namespace Proxy.Discovery.Xds.Grpc;

/// <summary>The variant where each answer has what changed (<c>DELTA_GRPC</c>).</summary>
internal sealed class DeltaMux(
    ResourceContext context, ControlPlaneConfig config, IRpcChannelFactory channels, string method, string prefix) : GrpcMux(context, config, channels, method, prefix)
{
    private const int RefusedCode = 13; // as Envoy

    private readonly Dictionary<WatchedType, DeltaState> _states = [];

    protected override void OnOpened(WatchedType type) => StateOf(type).Reset(type);

    protected override void OnNamesChanged(WatchedType type)
    {
        if (StateOf(type).Update(type) || StateOf(type).IsFirst)
        {
            Queue(type);
        }
    }

    protected override void OnAsked(WatchedType type, string name)
    {
        StateOf(type).AskAgain(name);
        OnNamesChanged(type);
    }

    // The control plane does not tell again what it has told: a later watch is given what is known.
    protected override void OnSubscribed(WatchedType type, Subscription subscription)
    {
        var state = StateOf(type);
        var known = subscription.Request.Prefix is null
            ? subscription.Names.SelectMany(name => state.KnownAs(name).Select(resource => XdsName.IsGlob(name) ? resource : resource with { Name = subscription.SpellingOf(name) })).ToArray()
            : state.Known.Values.Where(resource => subscription.Wants(resource.Name)).ToArray();
        if (known.Length > 0)
        {
            Context.Main.Post(() =>
            {
                subscription.Counters.Attempted();
                _ = subscription.DeliverAsync(new ResourceUpdate(known[0].Version, known)).AsTask();
            });
        }
    }

    protected override byte[] CreateRequest(WatchedType type)
    {
        var state = StateOf(type);
        var request = new DeltaDiscoveryRequest { TypeUrl = type.Type.Url, Node = NodeForRequest };
        request.ResourceNamesSubscribe.AddRange(state.ToAsk);
        request.ResourceNamesUnsubscribe.AddRange(state.ToDrop);
        if (state.IsFirst && IsKnownPlace)
        {
            foreach (var resource in state.Known.Values)
            {
                request.InitialResourceVersions.Add(resource.Name, resource.Version);
            }
        }

        if (state.Answers.TryDequeue(out var answer))
        {
            request.ResponseNonce = answer.Nonce;
            request.ErrorDetail = answer.Error is { } error ? new Google.Rpc.Status { Code = RefusedCode, Message = error } : null;
        }

        state.MarkSent();
        return request.ToByteArray();
    }

    protected override async Task HandleAsync(byte[] message)
    {
        var response = DeltaDiscoveryResponse.Parser.ParseFrom(message);
        Identify(response.ControlPlane?.Identifier);
        if (Find(response.TypeUrl) is not { } type)
        {
            return; // nobody has ever asked for it
        }

        Pause(type.Type.Kind);
        var state = StateOf(type);
        var faults = await TakeAsync(type, state, response);
        var error = faults.Count > 0 ? WatchedType.Describe(faults) : null;
        if (error is not null)
        {
            LogRefused(type, response.SystemVersionInfo, error);
        }

        state.Answers.Enqueue((response.Nonce, error));
        Queue(type);
        Resume(type.Type.Kind);
    }

    private async ValueTask<IReadOnlyList<ConfigFault>> TakeAsync(WatchedType type, DeltaState state, DeltaDiscoveryResponse response)
    {
        List<ReadResource> read;
        try
        {
            CheckNames(response);
            read = ResourceReader.Read(type.Type, response.Resources, Context.UnknownFields);
        }
        catch (ConfigException e)
        {
            Refuse(type, RefusedAnswers.Of(response, e, Context.Main.UtcNow));
            return e.Faults;
        }

        var parts = type.Split(read.ConvertAll(static one => one.Resource), response.RemovedResources);
        var faults = await DeliverAsync(type, parts, part => new ResourceUpdate(response.SystemVersionInfo, part.Resources) { Removed = part.Removed });
        if (faults.Count == 0)
        {
            Remember(type, state, read, response.RemovedResources);
        }

        return faults;
    }

    private static void CheckNames(DeltaDiscoveryResponse response)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (response.Resources.Select(static resource => resource.Name).Concat(response.RemovedResources).FirstOrDefault(name => !names.Add(XdsName.Canonical(name))) is { } twice)
        {
            throw new ConfigException(twice, "stands in the answer twice");
        }

        foreach (var name in response.Resources.Select(static resource => resource.Name).Concat(response.RemovedResources))
        {
            XdsName.Check(name);
        }
    }

    // Only what somebody watches: a control plane may tell more than it was asked for, without end.
    private static void Remember(WatchedType type, DeltaState state, List<ReadResource> read, IEnumerable<string> removed)
    {
        foreach (var (resource, lifetime) in read.Where(one => type.IsWanted(one.Resource.Name)))
        {
            var name = XdsName.Canonical(resource.Name);
            state.Lifetimes.Renew(name, lifetime);
            state.Known[name] = resource.Config is null && state.Known.TryGetValue(name, out var former)
                ? former with { Version = resource.Version }
                : resource;
        }

        foreach (var name in removed)
        {
            state.Forget(XdsName.Canonical(name));
        }
    }

    private DeltaState StateOf(WatchedType type)
    {
        if (!_states.TryGetValue(type, out var state))
        {
            state = new DeltaState { Lifetimes = new ResourceLifetimes(Context.Main, name => _ = ExpireAsync(type, name)) };
            _states.Add(type, state);
        }

        return state;
    }

    private async Task ExpireAsync(WatchedType type, string name)
    {
        StateOf(type).Known.Remove(name, out var gone);
        foreach (var part in type.Split([], [gone?.Name ?? name]))
        {
            await part.Subscription.DeliverAsync(new ResourceUpdate("", []) { Removed = part.Removed });
        }
    }
}
