using System.Text.RegularExpressions;
using Proxy.Discovery.V3;

namespace Proxy.Discovery.Tests.V3;

/// <summary>docs/extensions.md names what there is, and nothing else.</summary>
public sealed partial class ExtensionPageTests
{
    private const string LeftOut = "envoy.extensions.";

    [Test]
    public void Page_NamesEveryExtensionAndNoOther()
    {
        var page = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "docs", "extensions.md"))
            .Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(static line => Names().Matches(line[..line.LastIndexOf(" |", line.Length - 2, StringComparison.Ordinal)]))
            .Select(static match => match.Groups[1].Value)
            .ToList();

        var names = ExtensionTranslators.All.TypeNames
            .Select(static name => name.StartsWith(LeftOut, StringComparison.Ordinal) ? name[LeftOut.Length..] : name)
            .ToList();
        names.Except(page).Should().BeEmpty("docs/extensions.md should name every extension");
        page.Except(names).Should().BeEmpty("docs/extensions.md should name nothing else");
        page.Should().OnlyHaveUniqueItems();
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Names();
}
