namespace Proxy.Architecture.Tests;

/// <summary>The repository's files under <c>src</c>.</summary>
internal static class Sources
{
    public static string Root { get; } = Path.Combine(Repository(), "src");

    public static IReadOnlyList<string> Projects { get; } = [.. Files("*.csproj")];

    public static IReadOnlyList<string> Code { get; } = [.. Files("*.cs")];

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static IEnumerable<string> Files(string pattern)
    {
        return Directory.EnumerateFiles(Root, pattern, SearchOption.AllDirectories)
            .Where(path => !Relative(path).Split('/').Any(part => part is "obj" or "bin"));
    }

    // Not by the path this file was compiled at: deterministic builds replace it.
    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Proxy.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests are not run from inside the repository.");
        }

        return folder;
    }
}
