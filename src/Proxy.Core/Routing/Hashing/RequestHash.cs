using System.Numerics;
using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Http;

namespace Proxy.Routing.Hashing;

/// <summary>Hash policies in order, compiled (Envoy <c>RouteAction.hash_policy</c>). Immutable, shared by all workers.</summary>
internal sealed class RequestHash
{
    private readonly HashPart[] _parts;

    private RequestHash(HashPart[] parts)
    {
        _parts = parts;
    }

    /// <summary>Compiles <paramref name="policies"/>, adding faults; null when there are none.</summary>
    public static RequestHash? Compile(ConfigList<HashPolicyConfig> policies, string path, FaultList faults)
    {
        return policies.Count == 0 ? null : new RequestHash([.. policies.Select((policy, i) => Compile(policy, $"{path}[{i}]", faults))]);
    }

    /// <summary>As <see cref="Compile(ConfigList{HashPolicyConfig}, string, FaultList)"/>.</summary>
    /// <exception cref="ConfigException">There are faults.</exception>
    public static RequestHash? CompileOrThrow(ConfigList<HashPolicyConfig> policies)
    {
        var faults = new FaultList();
        var hash = Compile(policies, "hash_policy", faults);
        faults.ThrowIfAny();
        return hash;
    }

    /// <summary>The hash; null when the request has nothing of what is asked for.</summary>
    public ulong? Compute(in HashInput input)
    {
        ulong? hash = null;
        foreach (var part in _parts)
        {
            if (part.Compute(input) is { } own)
            {
                // Turned first, so that two policies of one value do not cancel each other out.
                hash = BitOperations.RotateLeft(hash ?? 0, 1) ^ own;
            }

            if (part.IsTerminal && hash is not null)
            {
                break;
            }
        }

        return hash;
    }

    private static HashPart Compile(HashPolicyConfig config, string path, FaultList faults)
    {
        return config switch
        {
            HeaderHashConfig header => CompileHeader(header, $"{path}.header", faults),
            CookieHashConfig cookie => CompileCookie(cookie, $"{path}.cookie", faults),
            SourceIpHashConfig => new SourceIpHash { IsTerminal = config.Terminal },
            QueryParameterHashConfig query => new QueryParameterHash(Required(query.Name, $"{path}.query_parameter.name", faults)) { IsTerminal = config.Terminal },
            FilterStateHashConfig state => CompileFilterState(state, $"{path}.filter_state.key", faults),
            _ => throw new ConfigException(path, $"unknown policy {config.GetType().Name}"),
        };
    }

    private static HeaderHash CompileHeader(HeaderHashConfig config, string path, FaultList faults)
    {
        Required(config.Name, $"{path}.header_name", faults);
        var rewrite = config.Rewrite is { } rule
            ? (Matching.ByteRegex.Compile(rule.Pattern, $"{path}.regex_rewrite.pattern.regex", faults),
                Matching.RegexSubstitution.Compile(rule.Substitution, $"{path}.regex_rewrite.substitution", faults))
            : (null, null);
        return new HeaderHash(HeaderName.Of(config.Name), rewrite.Item1, rewrite.Item2) { IsTerminal = config.Terminal };
    }

    private static CookieHash CompileCookie(CookieHashConfig config, string path, FaultList faults)
    {
        Required(config.Name, $"{path}.name", faults);
        if (config.Ttl < TimeSpan.Zero)
        {
            faults.Add($"{path}.ttl", "must not be negative");
        }

        return new CookieHash(config) { IsTerminal = config.Terminal };
    }

    private static FilterStateHash CompileFilterState(FilterStateHashConfig config, string path, FaultList faults)
    {
        Required(config.Key, path, faults);
        return new FilterStateHash(config.Key) { IsTerminal = config.Terminal };
    }

    private static byte[] Required(string text, string path, FaultList faults)
    {
        if (text.Length == 0)
        {
            faults.Add(path, "must not be empty");
        }

        return Encoding.UTF8.GetBytes(text);
    }
}
