using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Envoy.Config.Bootstrap.V3;
using Proxy.Configuration;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3;

/// <summary>Translates runtime layers: nested maps join their keys with dots.</summary>
internal static class RuntimeTranslator
{
    /// <summary>The layers.</summary>
    public static ConfigList<RuntimeLayerConfig> Translate(LayeredRuntime? runtime, Place place, TranslationContext context)
    {
        var layers = new List<RuntimeLayerConfig>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < (runtime?.Layers.Count ?? 0); i++)
        {
            var layer = runtime!.Layers[i];
            if (!names.Add(layer.Name))
            {
                context.Fault(place.Item(i).Field("name"), $"another layer is named {layer.Name}");
            }

            if (Translate(layer, place.Item(i), context) is { } translated)
            {
                layers.Add(translated);
            }
        }

        if (layers.OfType<AdminRuntimeLayerConfig>().Skip(1).Any())
        {
            context.Fault(place, "has more than one admin layer");
        }

        return layers.ToConfigList();
    }

    /// <summary>The values of a nested map.</summary>
    public static ConfigList<RuntimeValue> Flatten(Struct? values, Place place, TranslationContext context)
    {
        var flat = new Dictionary<string, string>(StringComparer.Ordinal);
        Add(values ?? new Struct(), "", flat, place, context);
        return flat.Select(static value => new RuntimeValue(value.Key, value.Value)).ToConfigList();
    }

    /// <summary>The fraction in the words of <see cref="Proxy.Hosting.RuntimeSnapshot"/>, or null when there is no numerator.</summary>
    public static string? FractionOf(string? numerator, string? denominator)
    {
        var parts = denominator switch
        {
            "TEN_THOUSAND" => "10000",
            "MILLION" => "1000000",
            _ => "100",
        };
        return numerator is null ? null : $"{numerator}/{parts}";
    }

    private static RuntimeLayerConfig? Translate(RuntimeLayer layer, Place place, TranslationContext context)
    {
        switch (layer.LayerSpecifierCase)
        {
            case RuntimeLayer.LayerSpecifierOneofCase.StaticLayer:
                return new StaticRuntimeLayerConfig(layer.Name, Flatten(layer.StaticLayer, place.Field("static_layer"), context));
            case RuntimeLayer.LayerSpecifierOneofCase.DiskLayer:
                return Disk(layer, place.Field("disk_layer"), context);
            case RuntimeLayer.LayerSpecifierOneofCase.AdminLayer:
                return new AdminRuntimeLayerConfig(layer.Name);
            case RuntimeLayer.LayerSpecifierOneofCase.RtdsLayer:
                var source = ConfigSourceTranslator.Translate(layer.RtdsLayer.RtdsConfig, place.Field("rtds_layer").Field("rtds_config"), context);
                if (layer.RtdsLayer.RtdsConfig is null)
                {
                    context.Fault(place.Field("rtds_layer").Field("rtds_config"), "required");
                }

                ResourceNames.Check(layer.RtdsLayer.Name, place.Field("rtds_layer").Field("name"), context);
                return source is null ? null : new DiscoveredRuntimeLayerConfig(layer.Name, layer.RtdsLayer.Name, source);
            default:
                return null; // the reader has refused it
        }
    }

    private static DiskRuntimeLayerConfig? Disk(RuntimeLayer layer, Place place, TranslationContext context)
    {
        var disk = layer.DiskLayer;
        if (disk.SymlinkRoot.Length == 0)
        {
            context.Fault(place.Field("symlink_root"), "required");
            return null;
        }

        return new DiskRuntimeLayerConfig(layer.Name, disk.SymlinkRoot, disk.Subdirectory, disk.AppendServiceCluster);
    }

    private static void Add(Struct values, string prefix, Dictionary<string, string> flat, Place place, TranslationContext context)
    {
        foreach (var (name, value) in values.Fields)
        {
            var key = prefix + name;
            switch (value.KindCase)
            {
                case Value.KindOneofCase.StructValue when Fraction(value.StructValue) is { } fraction:
                    flat[key] = fraction;
                    break;
                case Value.KindOneofCase.StructValue:
                    Add(value.StructValue, key + ".", flat, place.Field(name), context);
                    break;
                case Value.KindOneofCase.NumberValue:
                    flat[key] = value.NumberValue.ToString("R", CultureInfo.InvariantCulture);
                    break;
                case Value.KindOneofCase.BoolValue:
                    flat[key] = value.BoolValue ? "true" : "false";
                    break;
                case Value.KindOneofCase.StringValue:
                    flat[key] = value.StringValue;
                    break;
                default:
                    context.Fault(place.Field(name), "must be a number, a bool, a string or a map");
                    break;
            }
        }
    }

    private static string? Fraction(Struct value) => FractionOf(
        value.Fields.GetValueOrDefault("numerator")?.NumberValue.ToString("R", CultureInfo.InvariantCulture), value.Fields.GetValueOrDefault("denominator")?.StringValue);
}
