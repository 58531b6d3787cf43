using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Workers;

namespace Proxy.Tls.Secrets;

/// <summary>A secret that is used as it is, such as a token. Main changes it, any worker reads it.</summary>
/// <param name="secret">The secret.</param>
/// <param name="shape">Makes of it what its user wants; throws <see cref="ConfigException"/> when it is of no use.</param>
internal sealed class GenericSecret(SecretSubscription secret, Func<byte[], byte[]> shape) : ISecretBinding, IRefreshable
{
    private TlsBytes? _read; // main's
    private volatile byte[] _value = [];

    /// <summary>What the user wants; empty while there is no secret.</summary>
    public byte[] Value => _value;

    public IEnumerable<SecretSubscription> Secrets => [secret];

    /// <summary>Takes the secret that is there already.</summary>
    /// <exception cref="ConfigException">It is of no use.</exception>
    public void Take()
    {
        if (secret.Secret is { } present)
        {
            Prepare(secret, present).Invoke();
        }
    }

    public Action Prepare(SecretSubscription changed, TlsSecretConfig latest)
    {
        var bytes = latest.Generic!;
        var value = shape([.. bytes.Bytes]);
        return () => (_read, _value) = (bytes, value);
    }

    // Nobody counts for filters what is counted for TLS.
    public void CountUpdate(Worker main)
    {
    }

    public string? Refresh(SecretFiles files)
    {
        if (_read is not { Path.Length: > 0 } former)
        {
            return null;
        }

        try
        {
            var latest = former with { Bytes = files.Read(former.Path).ToConfigList() };
            if (latest != former)
            {
                (_read, _value) = (latest, shape([.. latest.Bytes]));
            }

            secret.ReportFiles(null);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ConfigException)
        {
            var fault = $"{former.Path}: {e.Message}";
            secret.ReportFiles(fault);
            return fault;
        }
    }
}
