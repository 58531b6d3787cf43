using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Matching;
using Proxy.Expressions;
using Proxy.Matching;
using Proxy.Routing.Matching;

namespace Proxy.Filters.AccessControl;

/// <summary>Compiles permissions and principals, adding faults.</summary>
internal sealed class ConditionCompiler(bool hasRequests, FaultList faults)
{
    // Questions go down the stack.
    private const int MaxDepth = 64;

    /// <summary>Compiles conditions of which one has to hold.</summary>
    public Condition CompileAny(ConfigList<RbacConditionConfig> configs, string path)
    {
        var conditions = Compile(configs, path, MaxDepth);
        return conditions.Length == 1 ? conditions[0] : new AnyCondition(conditions);
    }

    /// <summary>Compiles what has to be true besides.</summary>
    public CelProgram Compile(CelConfig condition, string path) => CelProgram.Compile(condition, path, faults);

    private Condition[] Compile(ConfigList<RbacConditionConfig> configs, string path, int depth)
    {
        if (configs.Count == 0)
        {
            faults.Add(path, "must have one item at least");
        }

        return [.. configs.Select((config, i) => Compile(config, $"{path}[{i}]", depth))];
    }

    private Condition Compile(RbacConditionConfig config, string path, int depth)
    {
        if (depth == 0)
        {
            faults.Add(path, $"is nested more than {MaxDepth} deep");
            return new FixedCondition(false);
        }

        return config switch
        {
            RbacAlwaysConfig => new FixedCondition(true),
            RbacAllConfig all => new AllCondition(Compile(all.Conditions, path, depth - 1)),
            RbacAnyConfig any => new AnyCondition(Compile(any.Conditions, path, depth - 1)),
            RbacNotConfig not => new NotCondition(Compile(not.Condition, path, depth - 1)),
            RbacAuthenticatedConfig { Name: null } => new AuthenticatedCondition(null),
            RbacAuthenticatedConfig { Name: { } name } => Text(
                TextMatcher.Compile(name, $"{path}.authenticated.principal_name", faults), static matcher => new AuthenticatedCondition(matcher)),
            RbacAddressConfig address => new AddressCondition(address.Address, address.Range),
            RbacPortConfig port => new PortCondition(port.Start, port.End),
            RbacMetadataConfig metadata => new MetadataCondition(MetadataMatcher.Compile(metadata.Metadata, $"{path}.metadata", faults), metadata.OfRoute),
            RbacFilterStateConfig state => new FilterStateCondition(FilterStateMatcher.Compile(state.State, $"{path}.filter_state", faults)),
            RbacHeaderConfig header => Header(header, $"{path}.header"),
            RbacPathConfig text => Text(TextMatcher.Compile(text.Path, $"{path}.url_path.path", faults), static matcher => new PathCondition(matcher, null)),
            RbacPathTemplateConfig template => Text(
                UriTemplate.Compile(template.Template, $"{path}.uri_template", faults), static template => new PathCondition(null, template.Regex)),
            RbacServerNameConfig name => Text(
                TextMatcher.Compile(name.Name, $"{path}.requested_server_name", faults), static matcher => new ServerNameCondition(matcher)),
            _ => throw new ConfigException(path, $"unknown condition {config.GetType().Name}"),
        };
    }

    private HeaderCondition Header(RbacHeaderConfig config, string path)
    {
        if (!hasRequests)
        {
            faults.Add(path, "a connection has no headers");
        }

        return new HeaderCondition(HeaderMatcher.Compile(config.Header, path, faults));
    }

    // What could not be compiled is in the list of faults.
    private static Condition Text<T>(T? matcher, Func<T, Condition> create)
        where T : class => matcher is null ? new FixedCondition(false) : create(matcher);
}
