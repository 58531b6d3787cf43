using System.Text;
using Proxy.Clusters;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Observability;
using Proxy.Routing.Matching;
using Proxy.Routing.Specifiers;

namespace Proxy.Routing.Actions;

/// <summary>Compiles the actions of one route table, adding faults.</summary>
internal sealed class ActionCompiler
{
    private static readonly Dictionary<string, bool> NoUpgrades = [];

    private readonly RouteTableConfig _table;
    private readonly RouteTableContext _context;
    private readonly FaultList _faults;

    public ActionCompiler(RouteTableConfig table, RouteTableContext context, FaultList faults)
    {
        _table = table;
        _context = context;
        _faults = faults;
    }

    /// <summary>Compiles any action but weighted clusters.</summary>
    public RouteAction Compile(RouteActionConfig config, PathMatcher match, string path)
    {
        return config switch
        {
            DirectResponseActionConfig direct => Direct(direct, $"{path}.direct_response"),
            RedirectActionConfig redirect => Redirect(redirect, match, $"{path}.redirect"),
            ForwardActionConfig forward => Forward(forward, forward.Cluster, [], match, $"{path}.route"),
            _ => throw new ConfigException(path, $"unknown action {config.GetType().Name}"),
        };
    }

    /// <summary>Compiles a forward action for one of its weighted clusters.</summary>
    public ForwardAction Compile(ForwardActionConfig config, WeightedClusterConfig cluster, PathMatcher match, string path, string clusterPath)
    {
        HostRewrite[] first = cluster.HostRewrite is { Length: > 0 } host ? [HostRewrite.Silent(host)] : [];
        if (cluster.ClusterHeader is { Length: > 0 } header)
        {
            return Forward(config with { ClusterHeader = header }, null, first, match, $"{path}.route");
        }

        CheckCluster(cluster.Name, $"{clusterPath}.name");
        return Forward(config, cluster.Name, first, match, $"{path}.route");
    }

    private DirectResponseAction Direct(DirectResponseActionConfig config, string path)
    {
        var body = Encoding.UTF8.GetBytes(config.Body);
        if (config.Status is < 200 or > 599)
        {
            _faults.Add($"{path}.status", "must be between 200 and 599");
        }

        if (body.Length > _table.MaxDirectResponseBodyBytes)
        {
            _faults.Add($"{path}.body", $"response body size is {body.Length} bytes; maximum is {_table.MaxDirectResponseBodyBytes}");
        }

        return new DirectResponseAction
        {
            Status = config.Status,
            Body = body,
            BodyFormat = config.BodyFormat is { } format ? LogFormat.Compile(format.Format, _context.Formats, $"{path}.body_format", _faults) : null,
            ContentType = config.BodyFormat is { } typed ? Encoding.UTF8.GetBytes(typed.ContentType ?? (typed.Format.Json is null ? "text/plain" : "application/json")) : null,
        };
    }

    private RedirectAction Redirect(RedirectActionConfig config, PathMatcher match, string path)
    {
        if (config.Status is not (301 or 302 or 303 or 307 or 308))
        {
            _faults.Add($"{path}.response_code", "must be 301, 302, 303, 307 or 308");
        }

        NoBreaks(config.Path, $"{path}.path_redirect");
        NoBreaks(config.Host, $"{path}.host_redirect");
        return new RedirectAction(config, Rewrite(config.PrefixRewrite, config.RegexRewrite, match, path));
    }

    private ForwardAction Forward(ForwardActionConfig config, string? cluster, HostRewrite[] first, PathMatcher match, string path)
    {
        if (config.WeightedClusters.Count == 0)
        {
            CheckTarget(config, path);
        }

        NoBreaks(config.HostRewrite, $"{path}.host_rewrite_literal");
        return new ForwardAction
        {
            Cluster = cluster,
            ClusterHeader = config.ClusterHeader is { Length: > 0 } header ? HeaderName.Of(header) : null,
            Specifier = Specifier(config.ClusterSpecifier, path),
            ClusterNotFoundStatus = config.ClusterNotFoundStatus,
            PathRewrite = FromTemplate(config, match, path) ?? Rewrite(config.PrefixRewrite, config.RegexRewrite, match, path),
            HostRewrites = config is { HostRewrite: null, HostRewriteHeader: null, HostRewritePathRegex: null } ? first : [.. first, .. Hosts(config, path)],
            PathFormat = FromFormat(config, path),
            HostFormat = FormattedRewrite.Compile(config.HostRewriteFormat, _context.Formats, omitEmptyValues: false, $"{path}.host_rewrite", _faults),
            AutoHostRewrite = config.AutoHostRewrite,
            AppendForwardedHost = config.AppendForwardedHost,
            Durations = StreamDurations.Compile(config),
            HedgesOnPerTryTimeout = config.HedgesOnPerTryTimeout,
            TimeoutMilliseconds = config.StreamDuration is null && config.Timeout is { } timeout ? (long)timeout.TotalMilliseconds : 0,
            Retries = config.RetryPolicy is { } retries ? RetryPolicy.Compile(retries, $"{path}.retry_policy", _faults) : RetryPolicy.None,
            InternalRedirects = InternalRedirects.Compile(config.InternalRedirects, $"{path}.internal_redirect_policy", _faults),
            RequestBufferLimit = config.RequestBufferLimit,
            IdleTimeout = config.IdleTimeout,
            Mirrors = [.. config.Mirrors.Select((mirror, i) => Mirror(mirror, $"{path}.request_mirror_policies[{i}]"))],
            Hash = Hashing.RequestHash.Compile(config.HashPolicies, $"{path}.hash_policy", _faults),
            Priority = config.HighPriority ? RequestPriority.High : RequestPriority.Default,
            Upgrades = config.Upgrades.Count == 0 ? NoUpgrades : config.Upgrades.ToDictionary(static u => u.UpgradeType.ToLowerInvariant(), static u => u.Enabled, StringComparer.Ordinal),
            TerminateConnect = config.Upgrades.Any(static u => u.TerminateConnect),
        };
    }

    private MirrorPolicy Mirror(MirrorPolicyConfig config, string path)
    {
        if (config.Cluster is { Length: > 0 } cluster)
        {
            CheckCluster(cluster, $"{path}.cluster");
        }

        return MirrorPolicy.Compile(config, _context, path, _faults);
    }

    private ClusterSpecifier? Specifier(object? config, string path)
    {
        path += ".cluster_specifier_plugin";
        switch (config)
        {
            case null:
                return null;
            case MatcherClusterSpecifierConfig matcher:
                return MatcherClusterSpecifier.Compile(matcher, _context, path, _faults);
        }

        var factories = (IEnumerable<IClusterSpecifierFactory>?)_context.Factory?.Services.GetService(typeof(IEnumerable<IClusterSpecifierFactory>)) ?? [];
        if (factories.FirstOrDefault(factory => factory.ConfigType == config.GetType()) is not { } known)
        {
            _faults.Add(path, $"no cluster specifier is registered for {config.GetType().Name}");
            return null;
        }

        ClusterSpecifier? specifier = null;
        _faults.Collect(path, () => specifier = known.Create(config, _context.Factory!));
        return specifier;
    }

    private void CheckTarget(ForwardActionConfig config, string path)
    {
        if (config.ClusterSpecifier is not null)
        {
            if (config.Cluster is not null || config.ClusterHeader is not null)
            {
                _faults.Add(path, "takes neither cluster nor cluster_header beside cluster_specifier_plugin");
            }

            return;
        }

        if (config.Cluster is { } cluster && config.ClusterHeader is null)
        {
            CheckCluster(cluster, $"{path}.cluster");
        }
        else if (config.Cluster is not null || config.ClusterHeader is not { Length: > 0 })
        {
            _faults.Add(path, "needs exactly one of cluster, cluster_header, cluster_specifier_plugin and weighted_clusters");
        }
    }

    private void CheckCluster(string name, string path)
    {
        if (name.Length == 0)
        {
            _faults.Add(path, "must not be empty");
        }
        else if (_table.ValidateClusters && _context.ClusterExists is { } exists && !exists(name))
        {
            _faults.Add(path, $"unknown cluster '{name}'");
        }
    }

    private IEnumerable<HostRewrite> Hosts(ForwardActionConfig config, string path)
    {
        if (config.HostRewrite is { Length: > 0 } literal)
        {
            yield return HostRewrite.Literal(literal);
        }

        if (config.HostRewriteHeader is { Length: > 0 } header)
        {
            yield return HostRewrite.FromHeader(HeaderName.Of(header));
        }

        if (config.HostRewritePathRegex is { } regex && CompileRegex(regex, $"{path}.host_rewrite_path_regex") is { } compiled)
        {
            yield return HostRewrite.FromPath(compiled.Regex, compiled.Substitution);
        }
    }

    private FormattedRewrite? FromFormat(ForwardActionConfig config, string path)
    {
        if (config.PathRewriteFormat is { Length: > 0 } && (config.PrefixRewrite is { Length: > 0 } || config.RegexRewrite is not null || config.TemplateRewrite is not null))
        {
            _faults.Add($"{path}.path_rewrite", "takes no other rewrite of the path beside it");
        }

        return FormattedRewrite.Compile(config.PathRewriteFormat, _context.Formats, omitEmptyValues: true, $"{path}.path_rewrite", _faults);
    }

    private PathRewrite? FromTemplate(ForwardActionConfig config, PathMatcher match, string path)
    {
        if (config.TemplateRewrite is not { } rewrite)
        {
            return null;
        }

        if (match.Kind != PathMatchKind.Template || config.PrefixRewrite is { Length: > 0 } || config.RegexRewrite is not null)
        {
            _faults.Add($"{path}.path_rewrite_policy", "needs a path template in the match and no other rewrite beside it");
            return null;
        }

        return match.Template?.CompileRewrite(rewrite, $"{path}.path_rewrite_policy", _faults) is { } substitution
            ? PathRewrite.Expression(match.Template.Regex!, substitution)
            : null;
    }

    private PathRewrite? Rewrite(string? prefix, RegexRewriteConfig? regex, PathMatcher match, string path)
    {
        NoBreaks(prefix, $"{path}.prefix_rewrite");
        if (prefix is { Length: > 0 } && regex is not null)
        {
            _faults.Add(path, "takes one of prefix_rewrite and regex_rewrite, not both");
        }

        if (regex is not null)
        {
            return CompileRegex(regex, $"{path}.regex_rewrite") is { } compiled ? PathRewrite.Expression(compiled.Regex, compiled.Substitution) : null;
        }

        return prefix is { Length: > 0 } ? PathRewrite.Prefix(match, prefix) : null;
    }

    private (ByteRegex Regex, RegexSubstitution Substitution)? CompileRegex(RegexRewriteConfig config, string path)
    {
        NoBreaks(config.Substitution, $"{path}.substitution");
        var regex = ByteRegex.Compile(config.Pattern, $"{path}.pattern.regex", _faults);
        var substitution = RegexSubstitution.Compile(config.Substitution, $"{path}.substitution", _faults);
        return regex is null || substitution is null ? null : (regex, substitution);
    }

    private void NoBreaks(string? text, string path)
    {
        if (text.AsSpan().ContainsAny('\r', '\n', '\0'))
        {
            _faults.Add(path, "must not have line breaks or NUL");
        }
    }
}
