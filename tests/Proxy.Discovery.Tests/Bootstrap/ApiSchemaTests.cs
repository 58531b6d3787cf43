using Google.Protobuf;
using Google.Protobuf.Reflection;
using Proxy.Discovery.Bootstrap.Schema;
using FieldType = Proxy.Discovery.Bootstrap.Schema.FieldType;

namespace Proxy.Discovery.Tests.Bootstrap;

internal sealed class ApiSchemaTests
{
    private static readonly Dictionary<string, MessageDescriptor> Descriptors = AllDescriptors();

    [Test]
    public void Messages_ComparedWithGeneratedCode_AreTheSameSet() =>
        ApiSchema.MessageNames.Should().BeEquivalentTo(Descriptors.Keys);

    [Test]
    public void Fields_ComparedWithGeneratedCode_AgreeInNameNumberTypeAndOneof()
    {
        foreach (var (name, descriptor) in Descriptors)
        {
            var expected = descriptor.Fields.InDeclarationOrder().Select(Describe).Order();
            ApiSchema.Message(name).Fields.Select(Describe).Order().Should().Equal(expected, name);
        }
    }

    [Test]
    public void JsonNames_ComparedWithGeneratedCode_Agree()
    {
        foreach (var (name, descriptor) in Descriptors)
        {
            var expected = descriptor.Fields.InDeclarationOrder().Select(f => f.JsonName);
            ApiSchema.Message(name).Fields.Select(f => f.JsonName).Should().BeEquivalentTo(expected, name);
        }
    }

    [Test]
    public void Rules_OfEveryField_AreUnderstood()
    {
        var fields = ApiSchema.MessageNames.SelectMany(m => ApiSchema.Message(m).Fields).ToList();
        fields.Invoking(all => all.ForEach(f => _ = f.Rules)).Should().NotThrow();
        fields.Count(f => f.Rules.Required).Should().BeGreaterThan(30);
    }

    [Test]
    public void Enum_NamesAndNumbers_AgreeWithGeneratedCode()
    {
        var type = ApiSchema.Enum("envoy.config.cluster.v3.Cluster.LbPolicy");
        type.TryNumber("ring_hash", out var number).Should().BeTrue();
        number.Should().Be((int)Envoy.Config.Cluster.V3.Cluster.Types.LbPolicy.RingHash);
        type.NameOf(99).Should().BeNull();
    }

    [Test]
    public void FindMessage_OfNoSuchName_IsNull() => ApiSchema.FindMessage("no.such.Message").Should().BeNull();

    private static string Describe(FieldDescriptor field)
    {
        var oneof = field.RealContainingOneof?.Name;
        if (field.IsMap)
        {
            var entry = field.MessageType;
            return $"{field.FieldNumber} {field.Name} map {TypeOf(entry.FindFieldByNumber(2))} {oneof}";
        }

        return $"{field.FieldNumber} {field.Name} {(field.IsRepeated ? "repeated" : "")} {TypeOf(field)} {oneof}";
    }

    private static string Describe(FieldType field) => field.IsMap
        ? $"{field.Number} {field.Name} map {field.TypeName} {field.Oneof}"
        : $"{field.Number} {field.Name} {(field.IsRepeated ? "repeated" : "")} {field.TypeName} {field.Oneof}";

    private static string TypeOf(FieldDescriptor field) => field.FieldType switch
    {
        Google.Protobuf.Reflection.FieldType.Message => field.MessageType.FullName,
        Google.Protobuf.Reflection.FieldType.Enum => field.EnumType.FullName,
        var scalar => scalar.ToString().ToLowerInvariant(),
    };

    private static Dictionary<string, MessageDescriptor> AllDescriptors() => typeof(Envoy.Config.Bootstrap.V3.Bootstrap).Assembly.GetTypes()
        .Where(t => typeof(IMessage).IsAssignableFrom(t) && !t.IsAbstract)
        .Select(t => ((IMessage)Activator.CreateInstance(t)!).Descriptor)
        .ToDictionary(d => d.FullName);
}
