using Envoy.Config.Common.MutationRules.V3;
using Google.Protobuf.Collections;
using Proxy.Configuration;
using Proxy.Configuration.Http;

namespace Proxy.Discovery.V3.Common;

/// <summary>Translates changes of heads that are worked off one after the other.</summary>
internal static class HeaderMutationsTranslator
{
    public static ConfigList<HeaderMutationConfig> Translate(RepeatedField<HeaderMutation> mutations, Place place, TranslationContext context)
    {
        var translated = new List<HeaderMutationConfig>(mutations.Count);
        for (var i = 0; i < mutations.Count; i++)
        {
            if (Translate(mutations[i], place.Item(i), context) is { } mutation)
            {
                translated.Add(mutation);
            }
        }

        return translated.ToConfigList();
    }

    private static HeaderMutationConfig? Translate(HeaderMutation mutation, Place place, TranslationContext context)
    {
        switch (mutation.ActionCase)
        {
            case HeaderMutation.ActionOneofCase.Append:
                return HeaderEditsTranslator.Addition(mutation.Append, place.Field("append"), context) is { } addition ? new AppendHeaderMutation(addition) : null;
            case HeaderMutation.ActionOneofCase.RemoveOnMatch:
                var matcher = mutation.RemoveOnMatch.KeyMatcher ?? new();
                return new RemoveMatchingHeadersMutation(MatcherTranslator.Translate(matcher, place.Field("remove_on_match").Field("key_matcher"), context));
            default:
                return new RemoveHeaderMutation(mutation.Remove);
        }
    }
}
