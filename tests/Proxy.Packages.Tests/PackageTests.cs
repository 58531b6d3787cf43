namespace Proxy.Packages.Tests;

/// <summary>What a team gets that references the packages.</summary>
public sealed class PackageTests
{
    private static readonly string[] Libraries = ["Proxy.Core", "Proxy.Filters", "Proxy.Discovery", "Proxy.Discovery.Grpc", "Proxy.Discovery.Testing"];
    private static readonly string[] All = [.. Libraries, "Proxy.Host"];

    private PackageFeed _feed = null!;

    [OneTimeSetUp]
    public void Pack() => _feed = PackageFeed.Pack();

    [OneTimeTearDown]
    public void Remove() => _feed?.Dispose();

    [TestCaseSource(nameof(All))]
    public void Package_Opened_HasReadmeIconLicenceAndSymbols(string name)
    {
        _feed.Content(name).Should().Contain(["README.md", "icon.png"]);
        _feed.Content(name, "snupkg").Should().Contain(path => path.EndsWith(".pdb", StringComparison.Ordinal));
        var metadata = _feed.Metadata(name);
        string? Value(string element) => metadata.Element(metadata.Name.Namespace + element)?.Value;
        Value("license").Should().Be("Apache-2.0");
        Value("readme").Should().Be("README.md");
        Value("icon").Should().Be("icon.png");
        Value("description").Should().NotBeNullOrWhiteSpace();
    }

    [TestCaseSource(nameof(Libraries))]
    public void Library_Opened_HasDocumentation(string name)
    {
        _feed.Content(name).Should().Contain([$"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml"]);
    }

    [TestCaseSource(nameof(All))]
    public void Package_Dependencies_AreAllPublished(string name)
    {
        var metadata = _feed.Metadata(name);

        metadata.Descendants(metadata.Name.Namespace + "dependency").Select(static d => d.Attribute("id")!.Value)
            .Where(static id => id.StartsWith("Proxy.", StringComparison.Ordinal))
            .Should().BeSubsetOf(All);
    }

    [Test]
    public void Libraries_ReferencedByAFreshProject_ServeARequest()
    {
        var project = Directory.CreateDirectory(Path.Combine(_feed.Folder, "consumer")).FullName;
        var sources = Path.Combine(AppContext.BaseDirectory, "Consumer");
        File.Copy(Path.Combine(sources, "Program.cs"), Path.Combine(project, "Program.cs"));
        File.Copy(Path.Combine(sources, "Consumer.csproj.txt"), Path.Combine(project, "Consumer.csproj"));

        var output = _feed.Run(project, "run", "-c", "Release");

        output.Should().Contain("HTTP/1.1 200 OK").And.Contain("from the packages");
    }

    [Test]
    public void Host_InstalledAsATool_TellsItsVersion()
    {
        var tools = Path.Combine(_feed.Folder, "tools");
        _feed.Run(_feed.Folder, "tool", "install", "Proxy.Host", "--version", "0.1.0", "--tool-path", tools, "--configfile", Path.Combine(_feed.Folder, "nuget.config"));

        using var process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(Path.Combine(tools, "proxy"), "--version") { RedirectStandardOutput = true })!;

        process.StandardOutput.ReadToEnd().Should().Contain("0.1.0");
        process.WaitForExit();
        process.ExitCode.Should().Be(0);
    }
}
