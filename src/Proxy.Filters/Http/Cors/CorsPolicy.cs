using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Hosting;
using Proxy.Routing;
using Proxy.Routing.Matching;
using Proxy.Stats;

namespace Proxy.Filters.Http.Cors;

/// <summary>A compiled policy. Immutable, shared by all workers.</summary>
internal sealed class CorsPolicy
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId Valid = Schema.Counter("origin_valid");
    public static readonly CounterId Invalid = Schema.Counter("origin_invalid");

    private static readonly FractionConfig None = new(0);
    private static readonly FractionConfig All = new(100);

    private readonly bool _allowsAny; // a pattern takes *, which stands for every origin
    private readonly RuntimeFraction _enabled;
    private readonly RuntimeFraction _shadow;

    private CorsPolicy(CorsPolicyConfig config, RuntimeSnapshot runtime, FaultList faults)
    {
        Origins = [.. config.AllowOrigins.Select((origin, i) => TextMatcher.Compile(origin, $"allow_origin_string_match[{i}]", faults)!)];
        _allowsAny = Array.Exists(Origins, static origin => origin?.Matches("*"u8) == true);
        AllowMethods = Encoding.UTF8.GetBytes(config.AllowMethods);
        AllowHeaders = Encoding.UTF8.GetBytes(config.AllowHeaders);
        ExposeHeaders = Encoding.UTF8.GetBytes(config.ExposeHeaders);
        MaxAge = Encoding.UTF8.GetBytes(config.MaxAge);
        AllowCredentials = config.AllowCredentials;
        AllowPrivateNetwork = config.AllowPrivateNetwork;
        ForwardNotMatchingPreflights = config.ForwardNotMatchingPreflights;
        _enabled = RuntimeFraction.Compile(config.Enabled ?? All, runtime);
        _shadow = RuntimeFraction.Compile(config.Shadow ?? None, runtime);
    }

    public TextMatcher[] Origins { get; }

    public byte[] AllowMethods { get; }

    public byte[] AllowHeaders { get; }

    public byte[] ExposeHeaders { get; }

    public byte[] MaxAge { get; }

    public bool? AllowCredentials { get; }

    public bool? AllowPrivateNetwork { get; }

    public bool? ForwardNotMatchingPreflights { get; }

    /// <exception cref="ConfigException">An origin is no pattern.</exception>
    public static CorsPolicy Compile(CorsPolicyConfig config, RuntimeSnapshot runtime)
    {
        var faults = new FaultList();
        var policy = new CorsPolicy(config, runtime, faults);
        faults.ThrowIfAny();
        return policy;
    }

    public bool Allows(ReadOnlySpan<byte> origin)
    {
        if (_allowsAny)
        {
            return true;
        }

        foreach (var pattern in Origins)
        {
            if (pattern.Matches(origin))
            {
                return true;
            }
        }

        return false;
    }

    public bool IsEnabled(ulong chance) => _enabled.Includes(chance);

    public bool IsShadow(ulong chance) => _shadow.Includes(chance);
}
