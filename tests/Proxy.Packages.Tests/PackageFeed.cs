using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;
using System.Xml.Linq;
using Proxy.Testing;

namespace Proxy.Packages.Tests;

/// <summary>The packages as they would be published, in a folder of their own that goes with it.</summary>
internal sealed class PackageFeed : IDisposable
{
    private PackageFeed(string folder)
    {
        Folder = folder;
    }

    public string Folder { get; }

    /// <summary>Packs what the build has left.</summary>
    public static PackageFeed Pack()
    {
        var feed = new PackageFeed(Directory.CreateTempSubdirectory("proxy-packages-").FullName);
        foreach (var project in new[] { "src/Proxy.Core", "src/Proxy.Filters", "src/Proxy.Discovery", "src/Proxy.Discovery.Grpc", "src/Proxy.Host", "tests/Proxy.Discovery.Testing" })
        {
            feed.Run(Repository.Root, "pack", project, "--no-build", "-c", Configuration, "-v", "q", "-o", Path.Combine(feed.Folder, "feed"));
        }

        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(Path.Combine(feed.Folder, "nuget.config"), Sources(feed.Folder, cache));
        return feed;
    }

    /// <summary>The files in the package <paramref name="name"/>, by their paths, without those of the container format.</summary>
    public IReadOnlyList<string> Content(string name, string extension = "nupkg")
    {
        using var package = ZipFile.OpenRead(PathOf(name, extension));
        return [.. package.Entries.Select(static entry => entry.FullName)];
    }

    /// <summary>The package's description of itself.</summary>
    public XElement Metadata(string name)
    {
        using var package = ZipFile.OpenRead(PathOf(name, "nupkg"));
        using var stream = package.GetEntry(name + ".nuspec")!.Open();
        var root = XElement.Load(stream);
        return root.Element(root.Name.Namespace + "metadata")!;
    }

    /// <summary>Runs the SDK in <paramref name="folder"/>; returns what it prints, and throws with it when it fails.</summary>
    public string Run(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(static name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)}: exit code {process.ExitCode}\n{output}");
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string Configuration =>
        typeof(PackageFeed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static a => a.Key == "Configuration").Value!;

    // Dependencies come from where the repository's own restore has left them.
    private static string Sources(string folder, string cache) => $"""
        <configuration>
          <config><add key="globalPackagesFolder" value="{folder}/installed" /></config>
          <fallbackPackageFolders><add key="cache" value="{cache}" /></fallbackPackageFolders>
          <packageSources><clear /><add key="local" value="{folder}/feed" /></packageSources>
        </configuration>
        """;

    // What stands behind the name is a version: another package's name may begin with this one's.
    private string PathOf(string name, string extension) =>
        Directory.GetFiles(Path.Combine(Folder, "feed"), $"{name}.*.{extension}").Single(path => char.IsAsciiDigit(Path.GetFileName(path)[name.Length + 1]));
}
