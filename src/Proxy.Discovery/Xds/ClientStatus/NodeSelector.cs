using Envoy.Config.Core.V3;
using Envoy.Type.Matcher.V3;
using Google.Protobuf.WellKnownTypes;
using Proxy.Configuration;
using Proxy.Discovery.V3;
using Proxy.Discovery.V3.Common;
using Proxy.Routing.Matching;
using Faults = Proxy.Configuration.FaultList;
using SourceFaults = Proxy.Discovery.Bootstrap.Faults.FaultList;

namespace Proxy.Discovery.Xds.ClientStatus;

/// <summary>Tells whether a request is about this node: when one of its matchers fits, or it has none.</summary>
internal sealed class NodeSelector
{
    private readonly List<(TextMatcher? Id, List<MetadataCondition> Metadata)> _matchers = [];

    /// <summary>Compiles the matchers of a request.</summary>
    /// <exception cref="ConfigException">They break rules.</exception>
    public static NodeSelector Compile(IReadOnlyList<NodeMatcher> matchers)
    {
        var sourceFaults = new SourceFaults();
        var context = new TranslationContext(sourceFaults, null, ExtensionTranslators.All);
        var faults = new Faults();
        var selector = new NodeSelector();
        for (var i = 0; i < matchers.Count; i++)
        {
            var place = Place.Root.Field("node_matchers").Item(i);
            var id = matchers[i].NodeId is { } text ? TextMatcher.Compile(MatcherTranslator.Translate(text, place.Field("node_id"), context), $"{place}.node_id", faults) : null;
            selector._matchers.Add((id, [.. matchers[i].NodeMetadatas.Select((matcher, j) => Compile(matcher, place.Field("node_metadatas").Item(j), context, faults))]));
        }

        foreach (var fault in sourceFaults.Sorted())
        {
            faults.Add(fault.Path, fault.Message);
        }

        faults.ThrowIfAny();
        return selector;
    }

    public bool Selects(Node node) => _matchers.Count == 0
        || _matchers.Exists(matcher => matcher.Id?.Matches(node.Id) != false && matcher.Metadata.TrueForAll(condition => condition.Matches(node.Metadata)));

    private static MetadataCondition Compile(StructMatcher matcher, Place place, TranslationContext context, Faults faults)
    {
        var value = ValueMatcherTranslator.Translate(matcher.Value, place.Field("value"), context);
        return new MetadataCondition([.. matcher.Path.Select(static segment => segment.Key)], Proxy.Matching.ValueMatcher.Compile(value, $"{place}.value", faults));
    }

    private sealed record MetadataCondition(string[] Path, Proxy.Matching.ValueMatcher Expected)
    {
        public bool Matches(Struct? metadata)
        {
            var value = metadata is null ? null : Value.ForStruct(metadata);
            foreach (var key in Path)
            {
                value = value?.StructValue?.Fields.GetValueOrDefault(key);
            }

            return Expected.Matches(Plain(value), exists: value is not null);
        }

        // Null within a list is no value that a matcher could tell from any other.
        private static object? Plain(Value? value) => value?.KindCase switch
        {
            Value.KindOneofCase.BoolValue => value.BoolValue,
            Value.KindOneofCase.NumberValue => value.NumberValue,
            Value.KindOneofCase.StringValue => value.StringValue,
            Value.KindOneofCase.ListValue => value.ListValue.Values.Select(Plain).OfType<object>().ToList(),
            Value.KindOneofCase.StructValue => value.StructValue,
            _ => null,
        };
    }
}
