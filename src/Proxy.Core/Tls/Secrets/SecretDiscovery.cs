using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Resources;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Tls.Secrets;

/// <summary>The secrets that come from elsewhere; those who name the same one share its subscription (Envoy SDS). On main.</summary>
internal sealed class SecretDiscovery(ResourceHub resources, Worker main, StatsStore stats)
{
    private readonly Dictionary<SecretKey, SecretSubscription> _subscriptions = [];
    private readonly List<GenericSecret> _generic = [];

    /// <summary>Secrets that are there from the start.</summary>
    public ConfigList<TlsSecretConfig> Static { get; set; } = [];

    /// <summary>What is watched, static secrets included.</summary>
    public IEnumerable<SecretSubscription> Subscriptions => _subscriptions.Values;

    /// <summary>Secrets that are used as they are, and may have come from files.</summary>
    public IEnumerable<IRefreshable> Generic => _generic;

    /// <summary>Watches the secrets of one user as long as <paramref name="scope"/> lives, which waits for their first answers.</summary>
    /// <exception cref="ConfigException">A source cannot be used, or the user cannot use the secrets that are known.</exception>
    public SecretBinding Watch(CommonTlsConfig config, TlsSecretReference? ticketKeys, ISecretUser user, ResourceScope scope)
    {
        var certificates = config.CertificateSecrets.Select(reference => Open(new SecretKey(reference, SecretPart.Certificate))).ToArray();
        var validation = config.ValidationSecret is { } named ? Open(new SecretKey(named, SecretPart.Validation)) : null;
        var keys = ticketKeys is null ? null : Open(new SecretKey(ticketKeys, SecretPart.TicketKeys));
        var binding = new SecretBinding(config, user, certificates, validation, keys);
        foreach (var secret in binding.Secrets)
        {
            secret.Add(binding, scope);
        }

        scope.Own(new Use(this, binding));
        binding.Prepare()?.Invoke();
        foreach (var secret in binding.Secrets)
        {
            secret.Start(resources);
        }

        return binding;
    }

    /// <summary>Watches a secret that is used as it is, as long as <paramref name="scope"/> lives, which waits for its first answer.</summary>
    /// <param name="reference">The secret.</param>
    /// <param name="shape">Makes of it what the user wants; throws <see cref="ConfigException"/> when it is of no use.</param>
    /// <param name="scope">Owns the watch.</param>
    /// <exception cref="ConfigException">The source cannot be used, or the secret that is known.</exception>
    public GenericSecret Watch(TlsSecretReference reference, Func<byte[], byte[]> shape, ResourceScope scope)
    {
        var secret = Open(new SecretKey(reference, SecretPart.Generic));
        var use = new GenericSecret(secret, shape);
        secret.Add(use, scope);
        _generic.Add(use);
        scope.Own(new Use(this, use));
        use.Take();
        secret.Start(resources);
        return use;
    }

    private SecretSubscription Open(SecretKey key)
    {
        if (_subscriptions.TryGetValue(key, out var known))
        {
            return known;
        }

        var subscription = new SecretSubscription(key, main, stats);
        if (key.Reference.Source is null)
        {
            subscription.Fix(Static.FirstOrDefault(secret => secret.Name == key.Reference.Name && key.Fits(secret))
                ?? throw new ConfigException("", $"unknown static secret {key.Reference.Name}"));
        }

        _subscriptions.Add(key, subscription);
        return subscription;
    }

    private void End(ISecretBinding binding)
    {
        _generic.RemoveAll(secret => secret == binding);
        foreach (var secret in binding.Secrets.Distinct().Where(secret => secret.Remove(binding)))
        {
            _subscriptions.Remove(secret.Key);
        }
    }

    private sealed record Use(SecretDiscovery Owner, ISecretBinding Binding) : IDisposable
    {
        public void Dispose() => Owner.End(Binding);
    }
}
