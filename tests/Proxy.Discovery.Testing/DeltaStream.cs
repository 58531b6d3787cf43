using Envoy.Service.Discovery.V3;
using Proxy.Discovery.Xds.Names;

namespace Proxy.Discovery.Testing;

/// <summary>A stream where each answer has what changed.</summary>
/// <param name="number">Number of the stream.</param>
internal sealed class DeltaStream(int number) : DiscoveryStream(number)
{
    private readonly Dictionary<string, Subscription> _subscriptions = [];

    public override TestControlPlaneRequest Take(byte[] message)
    {
        var request = DeltaDiscoveryRequest.Parser.ParseFrom(message);
        var type = TestResource.TypeOf(request.TypeUrl);
        if (!_subscriptions.TryGetValue(type, out var subscription))
        {
            _subscriptions[type] = subscription = new Subscription { WantsAll = request.ResourceNamesSubscribe.Count == 0 };
            foreach (var (name, version) in request.InitialResourceVersions)
            {
                subscription.Told[name] = version;
            }
        }

        subscription.WantsAll |= request.ResourceNamesSubscribe.Contains("*");
        subscription.WantsAll &= !request.ResourceNamesUnsubscribe.Contains("*");
        foreach (var name in request.ResourceNamesSubscribe.Where(static name => name != "*"))
        {
            subscription.Names.Add(name);
            if (request.InitialResourceVersions.Count == 0)
            {
                subscription.Told.Remove(name); // asked for again: told again
            }
        }

        subscription.Names.ExceptWith(request.ResourceNamesUnsubscribe);
        return new TestControlPlaneRequest(Number, type, subscription.WantsAll ? [] : [.. subscription.Names], "", request.ResponseNonce, request.ErrorDetail?.Message, request.Node?.Id ?? "");
    }

    public override void Offer(string type, Snapshot snapshot)
    {
        if (!_subscriptions.TryGetValue(type, out var subscription) || (!subscription.WantsAll && subscription.Names.Count == 0))
        {
            return;
        }

        var wanted = snapshot.Of(subscription.WantsAll ? [] : subscription.Names).ToDictionary(static resource => resource.Name);
        var changed = wanted.Values.Where(resource => subscription.Told.GetValueOrDefault(resource.Name) != VersionOf(resource)).ToArray();
        var missing = subscription.Told.Keys.Where(name => !wanted.ContainsKey(name)).ToArray();
        if (changed.Length == 0 && missing.Length == 0 && subscription.IsAnswered)
        {
            return;
        }

        foreach (var name in missing)
        {
            subscription.Told.Remove(name);
        }

        foreach (var resource in changed)
        {
            subscription.Told[resource.Name] = VersionOf(resource);
        }

        subscription.IsAnswered = true;
        var response = Response(type, snapshot.Version, NextNonce(), changed);
        response.RemovedResources.AddRange(missing);
        if (wanted.Count == 0)
        {
            response.RemovedResources.AddRange(subscription.Names.Where(XdsName.IsGlob)); // says that a collection is empty
        }

        Post(type, response);
    }

    public override void Send(string type, string version, string nonce, IEnumerable<TestResource> resources) =>
        Post(type, Response(type, version, nonce, resources));

    private static DeltaDiscoveryResponse Response(string type, string version, string nonce, IEnumerable<TestResource> resources)
    {
        var response = new DeltaDiscoveryResponse { SystemVersionInfo = version, TypeUrl = TestResource.UrlOf(type), Nonce = nonce };
        response.Resources.AddRange(resources.Select(static resource => new Resource { Name = resource.Name, Version = VersionOf(resource), Resource_ = resource.Message }));
        return response;
    }

    private static string VersionOf(TestResource resource) =>
        Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(resource.Message.Value.Span).AsSpan(0, 8));

    private sealed class Subscription
    {
        public bool WantsAll { get; set; }

        public bool IsAnswered { get; set; }

        public HashSet<string> Names { get; } = [];

        public Dictionary<string, string> Told { get; } = [];
    }
}
