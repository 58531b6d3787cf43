using Envoy.Config.Rbac.V3;
using Google.Protobuf.WellKnownTypes;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Matching;
using Proxy.Discovery.V3.Common;
using Proxy.Discovery.V3.Matching;
using Proxy.Discovery.V3.Routes;
using Xds.Type.Matcher.V3;

namespace Proxy.Discovery.V3.Filters;

/// <summary>Translates the rules of access control, which the filters of requests and of connections share.</summary>
internal static class RbacRules
{
    public const string Supported =
        """
        envoy.config.rbac.v3.Action: *
        envoy.config.rbac.v3.RBAC: action policies audit_logging_options
        envoy.config.rbac.v3.RBAC.AuditLoggingOptions: audit_condition=NONE
        envoy.config.rbac.v3.Policy: *
        envoy.config.rbac.v3.Permission: and_rules or_rules any header url_path destination_ip destination_port destination_port_range metadata not_rule requested_server_name uri_template sourced_metadata
        envoy.config.rbac.v3.Permission.Set: *
        envoy.config.rbac.v3.Principal: and_ids or_ids any authenticated source_ip direct_remote_ip remote_ip header url_path metadata filter_state not_id sourced_metadata
        envoy.config.rbac.v3.Principal.Authenticated: *
        envoy.config.rbac.v3.Principal.Set: *
        envoy.config.rbac.v3.SourcedMetadata: *
        envoy.type.matcher.v3.PathMatcher: *
        envoy.type.v3.Int32Range: *
        """;

    public static RbacRuleSetConfig Translate(RBAC? rules, Matcher? matcher, string prefix, string statPrefix, Place place, TranslationContext context) => new()
    {
        Rules = rules is null ? null : Rules(rules, place.Field($"{prefix}rules"), context),
        Matcher = matcher is null
            ? null
            : new MatcherTreeTranslator((action, at) => Action(action, at, context), context).Translate(matcher, place.Field($"{prefix}matcher")),
        StatPrefix = statPrefix,
    };

    private static RbacMatchActionConfig? Action(Any any, Place place, TranslationContext context)
    {
        if (!any.Is(Envoy.Config.Rbac.V3.Action.Descriptor))
        {
            context.Fault(place, "must be an envoy.config.rbac.v3.Action");
            return null;
        }

        var action = Envoy.Config.Rbac.V3.Action.Parser.Read(any.Value);
        return new RbacMatchActionConfig(action.Name, ActionOf(action.Action_));
    }

    private static RbacAction ActionOf(RBAC.Types.Action action) => action switch
    {
        RBAC.Types.Action.Deny => RbacAction.Deny,
        RBAC.Types.Action.Log => RbacAction.Log,
        _ => RbacAction.Allow,
    };

    private static RbacRulesConfig Rules(RBAC rules, Place place, TranslationContext context) => new(
        ActionOf(rules.Action), rules.Policies.OrderBy(static policy => policy.Key, StringComparer.Ordinal).Select(policy =>
        {
            var at = place.Field("policies").Key(policy.Key);
            return KeyValuePair.Create(policy.Key, new RbacPolicyConfig(
                policy.Value.Permissions.TranslateEach(at, "permissions", context, Permission),
                policy.Value.Principals.TranslateEach(at, "principals", context, Principal))
            {
                Condition = Condition(policy.Value, at, context),
            });
        }).ToConfigList());

    private static CelConfig? Condition(Policy policy, Place place, TranslationContext context)
    {
        if (policy.Condition is not null && policy.CheckedCondition is not null)
        {
            context.Fault(place.Field("checked_condition"), "does not go with condition");
        }

        var (expression, at) = policy.CheckedCondition is { } check
            ? (check.Expr ?? new(), place.Field("checked_condition").Field("expr"))
            : (policy.Condition, place.Field("condition"));
        return expression is null ? null : ExpressionTranslator.WithSettings(ExpressionTranslator.Translate(expression, at, context), policy.CelConfig);
    }

    private static RbacConditionConfig Permission(Permission permission, Place place, TranslationContext context) => permission.RuleCase switch
    {
        Envoy.Config.Rbac.V3.Permission.RuleOneofCase.AndRules =>
            new RbacAllConfig(permission.AndRules.Rules.TranslateEach(place.Field("and_rules"), "rules", context, Permission)),
        Envoy.Config.Rbac.V3.Permission.RuleOneofCase.OrRules =>
            new RbacAnyConfig(permission.OrRules.Rules.TranslateEach(place.Field("or_rules"), "rules", context, Permission)),
        Envoy.Config.Rbac.V3.Permission.RuleOneofCase.NotRule => new RbacNotConfig(Permission(permission.NotRule, place.Field("not_rule"), context)),
        Envoy.Config.Rbac.V3.Permission.RuleOneofCase.Any => new RbacAlwaysConfig(),
        Envoy.Config.Rbac.V3.Permission.RuleOneofCase.Header => Header(permission.Header, place, context),
        Envoy.Config.Rbac.V3.Permission.RuleOneofCase.UrlPath => Path(permission.UrlPath, place, context),
        Envoy.Config.Rbac.V3.Permission.RuleOneofCase.UriTemplate => Template(permission.UriTemplate, place.Field("uri_template"), context),
        Envoy.Config.Rbac.V3.Permission.RuleOneofCase.DestinationIp =>
            Address(RbacAddress.Destination, permission.DestinationIp, place.Field("destination_ip"), context),
        Envoy.Config.Rbac.V3.Permission.RuleOneofCase.DestinationPort =>
            new RbacPortConfig((int)permission.DestinationPort, (int)permission.DestinationPort + 1),
        Envoy.Config.Rbac.V3.Permission.RuleOneofCase.DestinationPortRange => Ports(permission.DestinationPortRange, place, context),
        Envoy.Config.Rbac.V3.Permission.RuleOneofCase.RequestedServerName =>
            new RbacServerNameConfig(MatcherTranslator.Translate(permission.RequestedServerName, place.Field("requested_server_name"), context)),
        Envoy.Config.Rbac.V3.Permission.RuleOneofCase.Metadata => Metadata(permission.Metadata, place, context),
        Envoy.Config.Rbac.V3.Permission.RuleOneofCase.SourcedMetadata => Metadata(permission.SourcedMetadata, place, context),
        _ => Missing(place, context),
    };

    private static RbacConditionConfig Principal(Principal principal, Place place, TranslationContext context) => principal.IdentifierCase switch
    {
        Envoy.Config.Rbac.V3.Principal.IdentifierOneofCase.AndIds =>
            new RbacAllConfig(principal.AndIds.Ids.TranslateEach(place.Field("and_ids"), "ids", context, Principal)),
        Envoy.Config.Rbac.V3.Principal.IdentifierOneofCase.OrIds =>
            new RbacAnyConfig(principal.OrIds.Ids.TranslateEach(place.Field("or_ids"), "ids", context, Principal)),
        Envoy.Config.Rbac.V3.Principal.IdentifierOneofCase.NotId => new RbacNotConfig(Principal(principal.NotId, place.Field("not_id"), context)),
        Envoy.Config.Rbac.V3.Principal.IdentifierOneofCase.Any => new RbacAlwaysConfig(),
        Envoy.Config.Rbac.V3.Principal.IdentifierOneofCase.Header => Header(principal.Header, place, context),
        Envoy.Config.Rbac.V3.Principal.IdentifierOneofCase.UrlPath => Path(principal.UrlPath, place, context),
        Envoy.Config.Rbac.V3.Principal.IdentifierOneofCase.SourceIp => Address(RbacAddress.Source, principal.SourceIp, place.Field("source_ip"), context),
        Envoy.Config.Rbac.V3.Principal.IdentifierOneofCase.DirectRemoteIp =>
            Address(RbacAddress.DirectRemote, principal.DirectRemoteIp, place.Field("direct_remote_ip"), context),
        Envoy.Config.Rbac.V3.Principal.IdentifierOneofCase.RemoteIp => Address(RbacAddress.Remote, principal.RemoteIp, place.Field("remote_ip"), context),
        Envoy.Config.Rbac.V3.Principal.IdentifierOneofCase.Authenticated => new RbacAuthenticatedConfig(principal.Authenticated.PrincipalName is { } name
            ? MatcherTranslator.Translate(name, place.Field("authenticated").Field("principal_name"), context)
            : null),
        Envoy.Config.Rbac.V3.Principal.IdentifierOneofCase.Metadata => Metadata(principal.Metadata, place, context),
        Envoy.Config.Rbac.V3.Principal.IdentifierOneofCase.SourcedMetadata => Metadata(principal.SourcedMetadata, place, context),
        Envoy.Config.Rbac.V3.Principal.IdentifierOneofCase.FilterState =>
            new RbacFilterStateConfig(ValueMatcherTranslator.Translate(principal.FilterState, place.Field("filter_state"), context)),
        _ => Missing(place, context),
    };

    private static RbacHeaderConfig Header(Envoy.Config.Route.V3.HeaderMatcher header, Place place, TranslationContext context) =>
        new(RouteMatchTranslator.Header(header, place.Field("header"), context));

    private static RbacPathConfig Path(Envoy.Type.Matcher.V3.PathMatcher path, Place place, TranslationContext context) =>
        new(MatcherTranslator.Translate(path.Path ?? new(), place.Field("url_path").Field("path"), context));

    private static RbacConditionConfig Template(Envoy.Config.Core.V3.TypedExtensionConfig template, Place place, TranslationContext context) =>
        context.Extensions.Translate(template.TypedConfig, place.Field("typed_config"), context) is string text ? new RbacPathTemplateConfig(text) : new RbacAlwaysConfig();

    private static RbacConditionConfig Address(RbacAddress which, Envoy.Config.Core.V3.CidrRange range, Place place, TranslationContext context) =>
        CidrTranslator.Translate(range, place, context) is { } translated ? new RbacAddressConfig(which, translated) : new RbacAlwaysConfig();

    private static RbacPortConfig Ports(Envoy.Type.V3.Int32Range range, Place place, TranslationContext context)
    {
        if (range.Start < 0 || range.End > 65536 || range.Start >= range.End)
        {
            context.Fault(place.Field("destination_port_range"), "must be a range of ports: start from 0, end up to 65536 and after start");
        }

        return new RbacPortConfig(range.Start, range.End);
    }

    private static RbacMetadataConfig Metadata(Envoy.Type.Matcher.V3.MetadataMatcher metadata, Place place, TranslationContext context) =>
        new(ValueMatcherTranslator.Translate(metadata, place.Field("metadata"), context));

    private static RbacMetadataConfig Metadata(SourcedMetadata metadata, Place place, TranslationContext context) => new(
        ValueMatcherTranslator.Translate(metadata.MetadataMatcher ?? new(), place.Field("sourced_metadata").Field("metadata_matcher"), context),
        metadata.MetadataSource == MetadataSource.Route);

    private static RbacAlwaysConfig Missing(Place place, TranslationContext context)
    {
        context.Fault(place, "required");
        return new RbacAlwaysConfig();
    }
}
