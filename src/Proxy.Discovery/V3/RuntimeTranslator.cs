using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Envoy.Config.Bootstrap.V3;

namespace Proxy.Discovery.V3;

/// <summary>Flattens static runtime layers: nested maps join their keys with dots, the last layer of a key wins.</summary>
internal static class RuntimeTranslator
{
    public static void Translate(LayeredRuntime? runtime, Place place, TranslationContext context)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < (runtime?.Layers.Count ?? 0); i++)
        {
            var layer = runtime!.Layers[i];
            if (!names.Add(layer.Name))
            {
                context.Fault(place.Item(i).Field("name"), $"another layer is named {layer.Name}");
            }

            if (layer.StaticLayer is { } values)
            {
                Add(values, "", place.Item(i).Field("static_layer"), context);
            }
        }
    }

    private static void Add(Struct values, string prefix, Place place, TranslationContext context)
    {
        foreach (var (name, value) in values.Fields)
        {
            var key = prefix + name;
            switch (value.KindCase)
            {
                case Value.KindOneofCase.StructValue when Fraction(value.StructValue) is { } fraction:
                    context.Runtime[key] = fraction;
                    break;
                case Value.KindOneofCase.StructValue:
                    Add(value.StructValue, key + ".", place.Field(name), context);
                    break;
                case Value.KindOneofCase.NumberValue:
                    context.Runtime[key] = value.NumberValue.ToString("R", CultureInfo.InvariantCulture);
                    break;
                case Value.KindOneofCase.BoolValue:
                    context.Runtime[key] = value.BoolValue ? "true" : "false";
                    break;
                case Value.KindOneofCase.StringValue:
                    context.Runtime[key] = value.StringValue;
                    break;
                default:
                    context.Fault(place.Field(name), "must be a number, a bool, a string or a map");
                    break;
            }
        }
    }

    /// <summary><c>{numerator, denominator}</c> as numerator/denominator, or null when the map is no fraction.</summary>
    private static string? Fraction(Struct value)
    {
        if (!value.Fields.TryGetValue("numerator", out var numerator))
        {
            return null;
        }

        var denominator = value.Fields.GetValueOrDefault("denominator")?.StringValue switch
        {
            "TEN_THOUSAND" => 10_000,
            "MILLION" => 1_000_000,
            _ => 100,
        };
        return string.Create(CultureInfo.InvariantCulture, $"{numerator.NumberValue}/{denominator}");
    }
}
