using Proxy.Testing;

namespace Proxy.Architecture.Tests;

/// <summary>The repository's files under <c>src</c>.</summary>
internal static class Sources
{
    public static string Root { get; } = Path.Combine(Repository.Root, "src");

    public static IReadOnlyList<string> Projects { get; } = [.. Files("*.csproj")];

    public static IReadOnlyList<string> Code { get; } = [.. Files("*.cs")];

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static IEnumerable<string> Files(string pattern)
    {
        return Directory.EnumerateFiles(Root, pattern, SearchOption.AllDirectories)
            .Where(path => !Relative(path).Split('/').Any(part => part is "obj" or "bin"));
    }
}
