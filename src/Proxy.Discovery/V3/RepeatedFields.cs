using Google.Protobuf.Collections;
using Proxy.Configuration;

namespace Proxy.Discovery.V3;

/// <summary>Translation of repeated fields.</summary>
internal static class RepeatedFields
{
    /// <summary>Each item of <paramref name="field"/> of the message at <paramref name="place"/>; costs nothing when there is none.</summary>
    public static ConfigList<TConfig> TranslateEach<TMessage, TConfig>(
        this RepeatedField<TMessage> messages, Place place, string field, TranslationContext context, Func<TMessage, Place, TranslationContext, TConfig> translate)
    {
        if (messages.Count == 0)
        {
            return [];
        }

        var list = place.Field(field);
        var configs = new TConfig[messages.Count];
        for (var i = 0; i < configs.Length; i++)
        {
            configs[i] = translate(messages[i], list.Item(i), context);
        }

        return ConfigList.Create<TConfig>(configs);
    }
}
