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

    private static CidrRange? Translate(Envoy.Config.Core.V3.CidrRange range, Place place, TranslationContext context)
    {
        if (!IPAddress.TryParse(range.AddressPrefix, out var address))
        {
            context.Fault(place.Field("address_prefix"), $"\"{range.AddressPrefix}\" is not an IP address");
            return null;
        }

        var bits = address.GetAddressBytes().Length * 8;
        var length = Math.Min((int)(range.PrefixLen ?? 0), bits);
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
