using System.Text;
using Proxy.Clusters;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Observability;
using Proxy.Routing.Matching;
using Proxy.Routing.Specifiers;

namespace Proxy.Routing.Actions;

/// <summary>Compiles the actions of one route table, adding faults, whose places are relative to the route: tables are long and faults few.</summary>
internal sealed class ActionCompiler
{
    private const string DirectPath = "direct_response";
    private const string ForwardPath = "route";
    private const string RedirectPath = "redirect";

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
    public RouteAction Compile(RouteActionConfig config, PathMatcher match)
    {
        return config switch
        {
            DirectResponseActionConfig direct => Direct(direct),
            RedirectActionConfig redirect => Redirect(redirect, match),
            ForwardActionConfig forward => Forward(forward, forward.Cluster, [], match),
            _ => throw new ConfigException("", $"unknown action {config.GetType().Name}"),
        };
    }

    /// <summary>Compiles a forward action for one of its weighted clusters.</summary>
    public ForwardAction Compile(ForwardActionConfig config, WeightedClusterConfig cluster, PathMatcher match, string clusterPath)
    {
        HostRewrite[] first = cluster.HostRewrite is { Length: > 0 } host ? [HostRewrite.Silent(host)] : [];
        if (cluster.ClusterHeader is { Length: > 0 } header)
        {
            return Forward(config with { ClusterHeader = header }, null, first, match);
        }

        CheckCluster(cluster.Name, $"{clusterPath}.name");
        return Forward(config, cluster.Name, first, match);
    }

    private DirectResponseAction Direct(DirectResponseActionConfig config)
    {
        var body = Encoding.UTF8.GetBytes(config.Body);
        if (config.Status is < 200 or > 599)
        {
            _faults.Add($"{DirectPath}.status", "must be between 200 and 599");
        }

        if (body.Length > _table.MaxDirectResponseBodyBytes)
        {
            _faults.Add($"{DirectPath}.body", $"response body size is {body.Length} bytes; maximum is {_table.MaxDirectResponseBodyBytes}");
        }

        return new DirectResponseAction
        {
            Status = config.Status,
            Body = body,
            BodyFormat = config.BodyFormat is { } format ? LogFormat.Compile(format.Format, _context.Formats, $"{DirectPath}.body_format", _faults) : null,
            ContentType = config.BodyFormat is { } typed ? Encoding.UTF8.GetBytes(typed.ContentType ?? (typed.Format.Json is null ? "text/plain" : "application/json")) : null,
        };
    }

    private RedirectAction Redirect(RedirectActionConfig config, PathMatcher match)
    {
        if (config.Status is not (301 or 302 or 303 or 307 or 308))
        {
            _faults.Add($"{RedirectPath}.response_code", "must be 301, 302, 303, 307 or 308");
        }

        NoBreaks(config.Path, RedirectPath, "path_redirect");
        NoBreaks(config.Host, RedirectPath, "host_redirect");
        return new RedirectAction(config, Rewrite(config.PrefixRewrite, config.RegexRewrite, match, RedirectPath));
    }

    private ForwardAction Forward(ForwardActionConfig config, string? cluster, HostRewrite[] first, PathMatcher match)
    {
        if (config.WeightedClusters.Count == 0)
        {
            CheckTarget(config);
        }

        NoBreaks(config.HostRewrite, ForwardPath, "host_rewrite_literal");
        return new ForwardAction
        {
            Cluster = cluster,
            ClusterHeader = config.ClusterHeader is { Length: > 0 } header ? HeaderName.Of(header) : null,
            Specifier = config.ClusterSpecifier is { } specifier ? Specifier(specifier) : null,
            ClusterNotFoundStatus = config.ClusterNotFoundStatus,
            PathRewrite = FromTemplate(config, match) ?? Rewrite(config.PrefixRewrite, config.RegexRewrite, match, ForwardPath),
            HostRewrites = config is { HostRewrite: null, HostRewriteHeader: null, HostRewritePathRegex: null } ? first : [.. first, .. Hosts(config)],
            PathFormat = FromFormat(config),
            HostFormat = FormattedRewrite.Compile(config.HostRewriteFormat, _context.Formats, omitEmptyValues: false, $"{ForwardPath}.host_rewrite", _faults),
            AutoHostRewrite = config.AutoHostRewrite,
            AppendForwardedHost = config.AppendForwardedHost,
            Durations = StreamDurations.Compile(config),
            HedgesOnPerTryTimeout = config.HedgesOnPerTryTimeout,
            TimeoutMilliseconds = config.StreamDuration is null && config.Timeout is { } timeout ? (long)timeout.TotalMilliseconds : 0,
            Retries = config.RetryPolicy is { } retries ? RetryPolicy.Compile(retries, $"{ForwardPath}.retry_policy", _faults) : RetryPolicy.None,
            InternalRedirects = InternalRedirects.Compile(config.InternalRedirects, $"{ForwardPath}.internal_redirect_policy", _faults),
            RequestBufferLimit = config.RequestBufferLimit,
            IdleTimeout = config.IdleTimeout,
            FlushTimeout = config.FlushTimeout,
            Mirrors = config.Mirrors.Count == 0 ? [] : [.. config.Mirrors.Select((mirror, i) => Mirror(mirror, $"{ForwardPath}.request_mirror_policies[{i}]"))],
            Hash = Hashing.RequestHash.Compile(config.HashPolicies, $"{ForwardPath}.hash_policy", _faults),
            Priority = config.HighPriority ? RequestPriority.High : RequestPriority.Default,
            Upgrades = config.Upgrades.Count == 0 ? NoUpgrades : config.Upgrades.ToDictionary(static u => u.UpgradeType.ToLowerInvariant(), static u => u.Enabled, StringComparer.Ordinal),
            TerminateConnect = config.Upgrades.Count > 0 && config.Upgrades.Any(static u => u.TerminateConnect),
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

    private ClusterSpecifier? Specifier(object config)
    {
        const string path = $"{ForwardPath}.cluster_specifier_plugin";
        if (config is MatcherClusterSpecifierConfig matcher)
        {
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

    private void CheckTarget(ForwardActionConfig config)
    {
        if (config.ClusterSpecifier is not null)
        {
            if (config.Cluster is not null || config.ClusterHeader is not null)
            {
                _faults.Add(ForwardPath, "takes neither cluster nor cluster_header beside cluster_specifier_plugin");
            }

            return;
        }

        if (config.Cluster is { } cluster && config.ClusterHeader is null)
        {
            CheckCluster(cluster, $"{ForwardPath}.cluster");
        }
        else if (config.Cluster is not null || config.ClusterHeader is not { Length: > 0 })
        {
            _faults.Add(ForwardPath, "needs exactly one of cluster, cluster_header, cluster_specifier_plugin and weighted_clusters");
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

    private IEnumerable<HostRewrite> Hosts(ForwardActionConfig config)
    {
        if (config.HostRewrite is { Length: > 0 } literal)
        {
            yield return HostRewrite.Literal(literal);
        }

        if (config.HostRewriteHeader is { Length: > 0 } header)
        {
            yield return HostRewrite.FromHeader(HeaderName.Of(header));
        }

        if (config.HostRewritePathRegex is { } regex && CompileRegex(regex, $"{ForwardPath}.host_rewrite_path_regex") is { } compiled)
        {
            yield return HostRewrite.FromPath(compiled.Regex, compiled.Substitution);
        }
    }

    private FormattedRewrite? FromFormat(ForwardActionConfig config)
    {
        if (config.PathRewriteFormat is { Length: > 0 } && (config.PrefixRewrite is { Length: > 0 } || config.RegexRewrite is not null || config.TemplateRewrite is not null))
        {
            _faults.Add($"{ForwardPath}.path_rewrite", "takes no other rewrite of the path beside it");
        }

        return FormattedRewrite.Compile(config.PathRewriteFormat, _context.Formats, omitEmptyValues: true, $"{ForwardPath}.path_rewrite", _faults);
    }

    private PathRewrite? FromTemplate(ForwardActionConfig config, PathMatcher match)
    {
        if (config.TemplateRewrite is not { } rewrite)
        {
            return null;
        }

        if (match.Kind != PathMatchKind.Template || config.PrefixRewrite is { Length: > 0 } || config.RegexRewrite is not null)
        {
            _faults.Add($"{ForwardPath}.path_rewrite_policy", "needs a path template in the match and no other rewrite beside it");
            return null;
        }

        return match.Template?.CompileRewrite(rewrite, $"{ForwardPath}.path_rewrite_policy", _faults) is { } substitution
            ? PathRewrite.Expression(match.Template.Regex!, substitution)
            : null;
    }

    private PathRewrite? Rewrite(string? prefix, RegexRewriteConfig? regex, PathMatcher match, string path)
    {
        NoBreaks(prefix, path, "prefix_rewrite");
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
        NoBreaks(config.Substitution, path, "substitution");
        var regex = ByteRegex.Compile(config.Pattern, $"{path}.pattern.regex", _faults);
        var substitution = RegexSubstitution.Compile(config.Substitution, $"{path}.substitution", _faults);
        return regex is null || substitution is null ? null : (regex, substitution);
    }

    private void NoBreaks(string? text, string path, string field)
    {
        if (text.AsSpan().ContainsAny('\r', '\n', '\0'))
        {
            _faults.Add($"{path}.{field}", "must not have line breaks or NUL");
        }
    }
}
