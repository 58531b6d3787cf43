using Envoy.Config.Route.V3;
using Proxy.Configuration.Http;
using Proxy.Discovery.V3.AccessLogs;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3.Routes;

/// <summary>Translates routes.</summary>
internal static class RouteTranslator
{
    public static RouteConfig? Translate(Route route, RouteLevel level, Place place, TranslationContext context)
    {
        var match = RouteMatchTranslator.Translate(route.Match, place.Field("match"), context);
        var action = Action(route, level, place, context);
        if (match is null || action is null)
        {
            return null;
        }

        return new RouteConfig
        {
            Name = route.Name,
            Match = match,
            StatPrefix = route.StatPrefix,
            Decorator = route.Decorator is { } decorator ? new DecoratorConfig(decorator.Operation) { Propagate = decorator.Propagate ?? true } : null,
            Action = action,
            Edits = HeaderEditsTranslator.Translate(
                route.RequestHeadersToAdd, route.RequestHeadersToRemove, route.ResponseHeadersToAdd, route.ResponseHeadersToRemove, place, context),
            PerFilter = CorsPolicies.Add(route.Route_?.Cors, PerFilterTranslator.Translate(route.TypedPerFilterConfig, place, context), place.Field("route"), context),
            Metadata = MetadataTranslator.Translate(route.Metadata),
        };
    }

    private static RouteActionConfig? Action(Route route, RouteLevel level, Place place, TranslationContext context)
    {
        switch (route.ActionCase)
        {
            case Route.ActionOneofCase.Route_:
                var forward = ForwardTranslator.Translate(route.Route_, level, place.Field("route"), context);
                return RetryTranslator.LimitOf(route.RequestBodyBufferLimit, route.PerRequestBufferLimitBytes) is { } limit ? forward with { RequestBufferLimit = limit } : forward;
            case Route.ActionOneofCase.Redirect:
                return Redirect(route.Redirect);
            case Route.ActionOneofCase.DirectResponse:
                return DirectResponse(route.DirectResponse, level, place.Field("direct_response"), context);
            default:
                context.Fault(place, "one of route, redirect, direct_response must be set");
                return null;
        }
    }

    private static RedirectActionConfig Redirect(RedirectAction redirect) => new()
    {
        HttpsRedirect = redirect.HttpsRedirect,
        Scheme = OrNull(redirect.SchemeRedirect),
        Host = OrNull(redirect.HostRedirect),
        Port = redirect.PortRedirect == 0 ? null : (int)redirect.PortRedirect,
        Path = redirect.HasPathRedirect ? OrNull(redirect.PathRedirect) : null,
        PrefixRewrite = redirect.HasPrefixRewrite ? redirect.PrefixRewrite : null,
        RegexRewrite = MatcherTranslator.Translate(redirect.RegexRewrite),
        Status = redirect.ResponseCode switch
        {
            RedirectAction.Types.RedirectResponseCode.Found => 302,
            RedirectAction.Types.RedirectResponseCode.SeeOther => 303,
            RedirectAction.Types.RedirectResponseCode.TemporaryRedirect => 307,
            RedirectAction.Types.RedirectResponseCode.PermanentRedirect => 308,
            _ => 301,
        },
        StripQuery = redirect.StripQuery,
    };

    private static DirectResponseActionConfig DirectResponse(
        DirectResponseAction action, RouteLevel level, Place place, TranslationContext context)
    {
        var body = action.Body is null ? "" : DataSourceReader.ReadText(action.Body, place.Field("body"), context) ?? "";
        if (System.Text.Encoding.UTF8.GetByteCount(body) is var size && size > level.BodyLimit)
        {
            context.Fault(place.Field("body"), $"has {size} bytes, {level.BodyLimit} are allowed", "max_direct_response_body_size_bytes");
        }

        return new DirectResponseActionConfig((int)action.Status, body)
        {
            BodyFormat = LogFormatTranslator.ToLocalReply(action.BodyFormat, place.Field("body_format"), context),
        };
    }

    private static string? OrNull(string text) => text.Length == 0 ? null : text;
}
