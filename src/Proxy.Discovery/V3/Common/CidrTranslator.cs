using System.Net;
using Google.Protobuf.Collections;
using Proxy.Configuration;

namespace Proxy.Discovery.V3.Common;

/// <summary>Translates IP prefixes.</summary>
internal static class CidrTranslator
{
    public static ConfigList<CidrRange> Translate(
        RepeatedField<Envoy.Config.Core.V3.CidrRange> ranges, Place place, TranslationContext context)
    {
        var translated = new List<CidrRange>();
        for (var i = 0; i < ranges.Count; i++)
        {
            if (Translate(ranges[i], place.Item(i), context) is { } range)
            {
                translated.Add(range);
            }
        }

        return translated.ToConfigList();
    }

    public static ConfigList<CidrRange> Translate(RepeatedField<global::Xds.Core.V3.CidrRange> ranges, Place place, TranslationContext context) => ranges
        .Select((range, i) => Translate(range.AddressPrefix, range.PrefixLen, place.Item(i), context))
        .OfType<CidrRange>().ToConfigList();

    public static CidrRange? Translate(Envoy.Config.Core.V3.CidrRange range, Place place, TranslationContext context) =>
        Translate(range.AddressPrefix, range.PrefixLen, place, context);

    private static CidrRange? Translate(string prefix, uint? prefixLength, Place place, TranslationContext context)
    {
        if (AddressTranslator.TryParse(prefix) is not { } address)
        {
            context.Fault(place.Field("address_prefix"), $"\"{prefix}\" is not an IP address");
            return null;
        }

        var bits = address.GetAddressBytes().Length * 8;
        var length = (int)Math.Min(prefixLength ?? 0, (uint)bits);
        return new CidrRange(Masked(address, length), length);
    }

    // 10.1.2.3/8 is 10.0.0.0/8, so that equal ranges are equal records.
    private static IPAddress Masked(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(length - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xFF00 >> kept);
        }

        return new IPAddress(bytes);
    }
}
