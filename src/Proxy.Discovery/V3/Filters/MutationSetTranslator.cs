using Envoy.Config.Core.V3;
using Envoy.Extensions.Filters.Http.HeaderMutation.V3;
using Google.Protobuf.WellKnownTypes;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3.Filters;

/// <summary>Translates the changes of one level.</summary>
internal static class MutationSetTranslator
{
    public static HeaderMutationSet Translate(Mutations? mutations, Place place, TranslationContext context)
    {
        return mutations is null
            ? new HeaderMutationSet()
            : new HeaderMutationSet
            {
                Request = HeaderMutationsTranslator.Translate(mutations.RequestMutations, place.Field("request_mutations"), context),
                Response = HeaderMutationsTranslator.Translate(mutations.ResponseMutations, place.Field("response_mutations"), context),
                RequestTrailers = HeaderMutationsTranslator.Translate(mutations.RequestTrailersMutations, place.Field("request_trailers_mutations"), context),
                ResponseTrailers = HeaderMutationsTranslator.Translate(mutations.ResponseTrailersMutations, place.Field("response_trailers_mutations"), context),
                Query = Query(mutations, place.Field("query_parameter_mutations"), context),
            };
    }

    private static ConfigList<QueryMutationConfig> Query(Mutations mutations, Place place, TranslationContext context)
    {
        var translated = new List<QueryMutationConfig>();
        for (var i = 0; i < mutations.QueryParameterMutations.Count; i++)
        {
            if (Query(mutations.QueryParameterMutations[i], place.Item(i), context) is { } mutation)
            {
                translated.Add(mutation);
            }
        }

        return translated.ToConfigList();
    }

    // As in Envoy, a removal beside an addition does not count.
    private static QueryMutationConfig? Query(KeyValueMutation mutation, Place place, TranslationContext context)
    {
        if (mutation.Append is not { } append)
        {
            if (mutation.Remove.Length == 0)
            {
                context.Fault(place, "needs append or remove");
            }

            return new QueryMutationConfig(mutation.Remove);
        }

        if (append.Record?.Value is not { KindCase: Value.KindOneofCase.StringValue } value)
        {
            context.Fault(place.Field("append").Field("record"), append.Record is null ? "required" : "the value must be a string");
            return null;
        }

        return new QueryMutationConfig(append.Record.Key) { Value = value.StringValue, Action = ActionOf(append.Action) };
    }

    private static HeaderAppendAction ActionOf(KeyValueAppend.Types.KeyValueAppendAction action) => action switch
    {
        KeyValueAppend.Types.KeyValueAppendAction.AddIfAbsent => HeaderAppendAction.AddIfAbsent,
        KeyValueAppend.Types.KeyValueAppendAction.OverwriteIfExistsOrAdd => HeaderAppendAction.OverwriteIfExistsOrAdd,
        KeyValueAppend.Types.KeyValueAppendAction.OverwriteIfExists => HeaderAppendAction.OverwriteIfExists,
        _ => HeaderAppendAction.AppendIfExistsOrAdd,
    };
}
