using Envoy.Service.Discovery.V3;

namespace Proxy.Discovery.Testing;

/// <summary>A stream where each answer has all that is wanted.</summary>
/// <param name="number">Number of the stream.</param>
internal sealed class StateOfTheWorldStream(int number) : DiscoveryStream(number)
{
    private readonly Dictionary<string, Subscription> _subscriptions = [];

    public override TestControlPlaneRequest Take(byte[] message)
    {
        var request = DiscoveryRequest.Parser.ParseFrom(message);
        var type = TestResource.TypeOf(request.TypeUrl);
        if (!_subscriptions.TryGetValue(type, out var subscription))
        {
            _subscriptions[type] = subscription = new Subscription();
        }

        // A request about an older answer was sent before the latest one came: what it says is out of date.
        if (request.ResponseNonce == subscription.Nonce)
        {
            subscription.Names = [.. request.ResourceNames];
        }

        return new TestControlPlaneRequest(
            Number, type, [.. request.ResourceNames], request.VersionInfo, request.ResponseNonce, request.ErrorDetail?.Message, request.Node?.Id ?? "");
    }

    public override void Offer(string type, Snapshot snapshot)
    {
        if (!_subscriptions.TryGetValue(type, out var subscription) || subscription.Names is not { } names)
        {
            return;
        }

        if (subscription.Version == snapshot.Version && names.All(subscription.Told.Contains))
        {
            return;
        }

        var resources = snapshot.Of(names).ToArray();
        if (resources.Length == 0 && names.Count > 0 && !DiscoveryType.IsWhole(type))
        {
            return; // nothing of what it wants exists: a client waits for it
        }

        subscription.Told = [.. names];
        Send(type, snapshot.Version, NextNonce(), resources);
    }

    public override void Send(string type, string version, string nonce, IEnumerable<TestResource> resources)
    {
        if (_subscriptions.TryGetValue(type, out var subscription))
        {
            (subscription.Version, subscription.Nonce) = (version, nonce);
        }

        var response = new DiscoveryResponse { VersionInfo = version, TypeUrl = TestResource.UrlOf(type), Nonce = nonce };
        response.Resources.AddRange(resources.Select(static resource => resource.Message));
        Post(type, response);
    }

    private sealed class Subscription
    {
        public HashSet<string>? Names { get; set; }

        public HashSet<string> Told { get; set; } = [];

        public string? Version { get; set; }

        public string Nonce { get; set; } = "";
    }
}
