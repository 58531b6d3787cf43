using Envoy.Config.Core.V3;
using Google.Protobuf.Collections;
using Proxy.Configuration;
using Proxy.Configuration.Http;

namespace Proxy.Discovery.V3.Common;

/// <summary>Translates the header additions and removals that four levels of a route table have.</summary>
internal static class HeaderEditsTranslator
{
    public static HeaderEditsConfig Translate(
        RepeatedField<HeaderValueOption> requestAdd,
        RepeatedField<string> requestRemove,
        RepeatedField<HeaderValueOption> responseAdd,
        RepeatedField<string> responseRemove,
        Place place,
        TranslationContext context)
    {
        if (requestAdd.Count + requestRemove.Count + responseAdd.Count + responseRemove.Count == 0)
        {
            return HeaderEditsConfig.None;
        }

        return new HeaderEditsConfig
        {
            RequestAdditions = Additions(requestAdd, place.Field("request_headers_to_add"), context),
            RequestRemovals = Removals(requestRemove, place.Field("request_headers_to_remove"), context),
            ResponseAdditions = Additions(responseAdd, place.Field("response_headers_to_add"), context),
            ResponseRemovals = Removals(responseRemove, place.Field("response_headers_to_remove"), context),
        };
    }

    /// <summary>Additions of one direction.</summary>
    public static ConfigList<HeaderAddition> Additions(RepeatedField<HeaderValueOption> options, Place place, TranslationContext context)
    {
        var additions = new List<HeaderAddition>();
        for (var i = 0; i < options.Count; i++)
        {
            if (Addition(options[i], place.Item(i), context) is { } addition)
            {
                additions.Add(addition);
            }
        }

        return additions.ToConfigList();
    }

    /// <summary>One addition; null, with a fault in the list, when it is none.</summary>
    public static HeaderAddition? Addition(HeaderValueOption option, Place place, TranslationContext context)
    {
        var name = option.Header?.Key ?? "";
        if (IsProtected(name))
        {
            context.Fault(place.Field("header").Field("key"), $"{name} cannot be changed this way");
            return null;
        }

        if (option.Append is not null && option.AppendAction != HeaderValueOption.Types.HeaderAppendAction.AppendIfExistsOrAdd)
        {
            context.Fault(place.Field("append"), "only one of append and append_action may be set");
            return null;
        }

        if (Value(option.Header, place.Field("header"), context) is not { } value)
        {
            return null;
        }

        return new HeaderAddition(name, value)
        {
            Action = ActionOf(option),
            KeepEmptyValue = option.KeepEmptyValue,
        };
    }

    // Bytes have no operators in them.
    private static string? Value(HeaderValue? header, Place place, TranslationContext context)
    {
        if (header is not { Value.Length: 0, RawValue.Length: > 0 })
        {
            return header?.Value ?? "";
        }

        if (!System.Text.Unicode.Utf8.IsValid(header.RawValue.Span) || header.RawValue.Span.ContainsAny("\0\r\n"u8))
        {
            context.Unsupported(place.Field("raw_value"), "bytes that are no UTF-8 text, or of more than one line, are not supported yet");
            return null;
        }

        return header.RawValue.ToStringUtf8().Replace("%", "%%", StringComparison.Ordinal);
    }

    private static HeaderAppendAction ActionOf(HeaderValueOption option) => option.Append switch
    {
        false => HeaderAppendAction.OverwriteIfExistsOrAdd,
        true => HeaderAppendAction.AppendIfExistsOrAdd,
        _ => option.AppendAction switch
        {
            HeaderValueOption.Types.HeaderAppendAction.AddIfAbsent => HeaderAppendAction.AddIfAbsent,
            HeaderValueOption.Types.HeaderAppendAction.OverwriteIfExistsOrAdd => HeaderAppendAction.OverwriteIfExistsOrAdd,
            HeaderValueOption.Types.HeaderAppendAction.OverwriteIfExists => HeaderAppendAction.OverwriteIfExists,
            _ => HeaderAppendAction.AppendIfExistsOrAdd,
        },
    };

    private static ConfigList<string> Removals(RepeatedField<string> names, Place place, TranslationContext context)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (IsProtected(names[i]))
            {
                context.Fault(place.Item(i), $"{names[i]} cannot be removed");
            }
        }

        return names.ToConfigList();
    }

    // Without these a message would not be one any more.
    private static bool IsProtected(string name) => name.StartsWith(':') || name.Equals("host", StringComparison.OrdinalIgnoreCase);
}
