using System.Buffers;
using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Stats;
using Proxy.Tls.Secrets;

namespace Proxy.Filters.Http.CredentialInjector;

/// <summary>What a <see cref="CredentialInjectorFilter"/> adds. Shared by all workers; the secret is always the latest.</summary>
internal sealed class CredentialInjectorModel
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId Injected = Schema.Counter("injected");
    public static readonly CounterId Failed = Schema.Counter("failed");
    public static readonly CounterId AlreadyExists = Schema.Counter("already_exists");

    private static readonly SearchValues<byte> Forbidden = SearchValues.Create("\r\n\0"u8);

    private readonly GenericSecret? _secret;

    private CredentialInjectorModel(CredentialInjectorConfig config, GenericSecret? secret)
    {
        _secret = secret;
        Header = Encoding.ASCII.GetBytes(config.Credential.Header.ToLowerInvariant());
        Overwrites = config.Overwrite;
        AllowsMissing = config.AllowsMissing;
    }

    /// <summary>Name of the header.</summary>
    public byte[] Header { get; }

    /// <summary>Value of the header; empty as long as the secret is missing.</summary>
    public ReadOnlySpan<byte> Value => _secret is null ? [] : _secret.Value;

    /// <summary>Replaces what is there.</summary>
    public bool Overwrites { get; }

    /// <summary>Lets requests pass without.</summary>
    public bool AllowsMissing { get; }

    /// <exception cref="ConfigException">The header cannot be added, or its secret not be watched.</exception>
    public static CredentialInjectorModel Compile(CredentialInjectorConfig config, FilterFactoryContext context)
    {
        var credential = config.Credential;
        if (credential.Header.Length == 0 || credential.Header[0] == ':')
        {
            throw new ConfigException("credential.typed_config.header", "must be the name of a header");
        }

        var prefix = Encoding.UTF8.GetBytes(credential.Prefix);
        var secret = context is { Secrets: { } secrets, Scope: { } scope } ? secrets.Watch(credential.Secret, value => Join(prefix, value), scope) : null;
        return new CredentialInjectorModel(config, secret);
    }

    private static byte[] Join(byte[] prefix, byte[] secret)
    {
        byte[] value = secret.Length == 0 ? [] : [.. prefix, .. secret];
        return value.AsSpan().ContainsAny(Forbidden) ? throw new ConfigException("generic_secret.secret", "has a character that no header may have, such as the end of a line") : value;
    }
}
