using System.Text;
using System.Text.Json.Nodes;
using Proxy.Discovery.Bootstrap;
using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.V1;
using Proxy.Discovery.V1.Schema;

namespace Proxy.Discovery.Tests.V1;

/// <summary>Every field of the v1 configuration, held against a table of what v3 makes of it.</summary>
public sealed class V1FieldTests
{
    // Answers of discovery services have tests of their own.
    private static readonly string[] Answers = ["sds_answer", "member", "tags", "cds_answer", "lds_answer"];

    private static readonly List<V1FieldObject> Objects = V1FieldTable.Read(File.ReadLines(Path.Combine(TestContext.CurrentContext.TestDirectory, "V1", "Fields.txt")));

    public static IEnumerable<V1FieldObject> Owners => Objects;

    public static IEnumerable<object[]> Fields => Objects.SelectMany(static owner => owner.Fields.Select(entry => new object[] { owner, entry }));

    [Test]
    public void Table_HasEveryFieldOfTheSchema()
    {
        var known = Objects.SelectMany(static owner => owner.Fields.Select(entry => $"{owner.Name} {entry.Name}"));
        var schema = V1Schema.NamesAfter("").Except(Answers).SelectMany(static name => V1Schema.Find(name)!.Fields.Select(entry => $"{name} {entry.Name}"));

        known.Should().BeEquivalentTo(schema);
        Objects.Select(static owner => owner.Name).Distinct().Should().BeEquivalentTo(V1Schema.NamesAfter("").Except(Answers));
    }

    [TestCaseSource(nameof(Fields))]
    public void Field_IsTranslatedOrRefusedByName(V1FieldObject owner, V1FieldEntry entry)
    {
        var (root, node) = owner.Create();
        node[entry.Name] = JsonNode.Parse(entry.Json);
        var text = root.ToJsonString();

        var faults = V1Examples.Load("v1.json", Encoding.UTF8.GetBytes(text)).Faults;

        if (!IsFault(entry.Outcome) || entry.Value.Length > 0)
        {
            V1Loading.Translated(text, entry.Target).Should().Be(entry.Value);
        }

        switch (entry.Outcome)
        {
            case "loads":
                faults.Should().BeEmpty();
                break;
            case "later":
                faults.Where(static fault => fault.Severity == FaultSeverity.Error).Should().OnlyContain(static fault => fault.Message.Contains("not supported"));
                break;
            default:
                faults.Select(static fault => (fault.Severity == FaultSeverity.Error ? "fault: " : "warning: ") + fault.Message).Should().Contain(entry.Outcome);
                break;
        }
    }

    [TestCaseSource(nameof(Owners))]
    public void Object_WithAKeyThatItDoesNotHave_IsRefused(V1FieldObject owner)
    {
        var (root, node) = owner.Create();
        node["nonsense"] = 1;

        Faults(root).Should().ContainSingle().Which.Should().Be($"{Prefix(owner)}nonsense: unknown key");
    }

    [TestCaseSource(nameof(Owners))]
    public void Object_WithoutAKeyThatItNeeds_IsRefused(V1FieldObject owner)
    {
        foreach (var needed in V1Schema.Find(owner.Name)!.Fields.Where(static known => known.IsRequired))
        {
            var (root, node) = owner.Create();
            node.Remove(needed.Name).Should().BeTrue();

            Faults(root).Should().Contain($"{owner.Place}: key '{needed.Name}' is missing");
        }
    }

    [TestCaseSource(nameof(Fields))]
    public void Field_OfAnotherKind_IsRefused(V1FieldObject owner, V1FieldEntry entry)
    {
        var kind = V1Schema.Find(owner.Name)!.Fields.Single(known => known.Name == entry.Name).Type.Kind;
        var (root, node) = owner.Create();
        node[entry.Name] = kind == V1Kind.Text ? 1 : "nonsense";

        Faults(root).Any(fault => fault.StartsWith($"{Prefix(owner)}{entry.Name}: ", StringComparison.Ordinal)).Should().Be(kind != V1Kind.Any);
    }

    private static bool IsFault(string outcome) => outcome.StartsWith("fault: ", StringComparison.Ordinal);

    private static string Prefix(V1FieldObject owner) => owner.Place.Length == 0 ? "" : owner.Place + ".";

    private static IEnumerable<string> Faults(JsonNode root)
    {
        var faults = new FaultList();
        V1Bootstrap.Translate(ConfigText.Parse("v1.json", Encoding.UTF8.GetBytes(root.ToJsonString()), faults)!, faults);
        return faults.Sorted().Where(static fault => fault.Severity == FaultSeverity.Error).Select(static fault => $"{fault.Path}: {fault.Message}");
    }
}
