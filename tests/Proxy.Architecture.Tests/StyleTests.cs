using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Workers;

namespace Proxy.Architecture.Tests;

/// <summary>What the source looks like.</summary>
public sealed partial class StyleTests
{
    private const int MostLines = 500;
    private const double LeastSealed = 0.9;

    [Test]
    public void File_Namespace_IsItsFolder()
    {
        Sources.Code.Select(Misplaced).Where(fault => fault is not null).Should().BeEmpty();
    }

    [Test]
    public void File_Length_StaysReadable()
    {
        Sources.Code.Where(path => File.ReadLines(path).Count() > MostLines).Select(Sources.Relative).Should().BeEmpty();
    }

    [Test]
    public void File_UnfinishedWork_IsNotLeftBehind()
    {
        Sources.Code.Where(path => Unfinished().IsMatch(File.ReadAllText(path))).Select(Sources.Relative).Should().BeEmpty();
    }

    [Test]
    public void Class_NotAbstract_IsSealed()
    {
        var classes = new[] { typeof(Worker), typeof(ProxyFilterExtensions), typeof(ProxyBootstrapExtensions) }
            .SelectMany(type => type.Assembly.GetTypes())
            .Where(type => type is { IsClass: true, IsAbstract: false } && !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))
            .ToList();

        ((double)classes.Count(type => type.IsSealed) / classes.Count).Should().BeGreaterThanOrEqualTo(LeastSealed);
    }

    [Test]
    public void Core_PublicTypes_AreAtMostHalf()
    {
        var types = typeof(Worker).Assembly.GetTypes()
            .Where(type => !type.IsNested && !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) && !type.Name.StartsWith('<'))
            .ToList();

        TestContext.Out.WriteLine($"{types.Count(type => type.IsPublic)} of {types.Count} types are public");
        types.Count(type => type.IsPublic).Should().BeLessThanOrEqualTo(types.Count / 2);
    }

    [Test]
    public void PublicMembers_WithoutDocumentation_DoNotCompile()
    {
        var settings = Sources.Projects.Append(Path.Combine(Sources.Root, "Directory.Build.props")).Concat(Sources.Code);

        settings.Where(path => File.ReadAllText(path).Contains("CS1591", StringComparison.Ordinal)).Select(Sources.Relative).Should().BeEmpty();
    }

    private static string? Misplaced(string path)
    {
        var relative = Sources.Relative(path);
        var folders = relative.Split('/')[..^1];
        var expected = string.Join('.', folders[0] == "Proxy.Core" ? ["Proxy", .. folders[1..]] : folders);
        var found = Namespace().Match(File.ReadAllText(path)) is { Success: true } match ? match.Groups[1].Value : null;

        // Extensions of another library's type stand where that type's users look for them.
        return found is null || found == expected || found == "Microsoft.Extensions.DependencyInjection" ? null : $"{relative}: {found}";
    }

    [GeneratedRegex(@"^namespace ([\w.]+)\s*[;{]", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"NotImplementedException|\bTODO\b|\bFIXME\b|\bHACK\b")]
    private static partial Regex Unfinished();
}
