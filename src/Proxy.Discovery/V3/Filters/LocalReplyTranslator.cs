using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Discovery.V3.AccessLogs;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3.Filters;

/// <summary>Translates what is to become of local replies.</summary>
internal static class LocalReplyTranslator
{
    public static ConfigList<LocalReplyMapperConfig> Mappers(LocalReplyConfig? config, Place place, TranslationContext context)
    {
        var mappers = new List<LocalReplyMapperConfig>();
        for (var i = 0; i < (config?.Mappers.Count ?? 0); i++)
        {
            if (Mapper(config!.Mappers[i], place.Item(i), context) is { } mapper)
            {
                mappers.Add(mapper);
            }
        }

        return mappers.ToConfigList();
    }

    private static LocalReplyMapperConfig? Mapper(ResponseMapper mapper, Place place, TranslationContext context)
    {
        if (mapper.Filter is null || AccessLogTranslator.Filter(mapper.Filter, place.Field("filter"), context) is not { } filter)
        {
            return null;
        }

        return new LocalReplyMapperConfig(filter)
        {
            Status = mapper.StatusCode.ToIntOrNull(),
            Body = mapper.Body is null ? null : DataSourceReader.ReadText(mapper.Body, place.Field("body"), context),
            Format = LogFormatTranslator.ToLocalReply(mapper.BodyFormatOverride, place.Field("body_format_override"), context),
            Additions = HeaderEditsTranslator.Additions(mapper.HeadersToAdd, place.Field("headers_to_add"), context),
        };
    }
}
