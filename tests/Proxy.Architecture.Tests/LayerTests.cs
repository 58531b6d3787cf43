using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Workers;

namespace Proxy.Architecture.Tests;

/// <summary>Who may know whom, as the compiled assemblies have it.</summary>
public sealed class LayerTests
{
    private static readonly Assembly Core = typeof(Worker).Assembly;
    private static readonly Assembly Filters = typeof(ProxyFilterExtensions).Assembly;
    private static readonly Assembly Discovery = typeof(ProxyBootstrapExtensions).Assembly;

    [TestCase("Google.Protobuf")]
    [TestCase("Grpc.")]
    [TestCase("YamlDotNet")]
    [TestCase("DnsClient")]
    [TestCase("Microsoft.AspNetCore")]
    [TestCase("Proxy.")]
    public void Core_References_NeitherFormatsNorFrameworksNorOtherLayers(string prefix)
    {
        References(Core).Should().NotContain(name => name.StartsWith(prefix, StringComparison.Ordinal));
    }

    [Test]
    public void Filters_References_OfTheLayersOnlyCore()
    {
        Layers(Filters).Should().Equal("Proxy.Core");
    }

    [Test]
    public void Discovery_References_OfTheLayersOnlyCoreAndMessages()
    {
        Layers(Discovery).Should().BeEquivalentTo("Proxy.Api", "Proxy.Core");
    }

    [Test]
    public void Host_ReferencedBy_Nothing()
    {
        new[] { Core, Filters, Discovery }.SelectMany(References).Should().NotContain("proxy");
        Sources.Projects.Where(project => File.ReadAllText(project).Contains("Proxy.Host.csproj", StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Test]
    public void Core_Files_AreOpenedByItsCallers()
    {
        Members(Core).Where(IsFileContent).Should().BeEmpty();
    }

    // A Unix socket's own file is Core's business: it may be deleted and given a mode, but nothing reads or writes contents.
    private static bool IsFileContent((string Type, string Member) used) => used.Type switch
    {
        "System.IO.FileStream" => true,
        "System.IO.File" => used.Member is not ("Delete" or "SetUnixFileMode" or "Exists"),
        _ => false,
    };

    private static IEnumerable<string> Layers(Assembly assembly)
    {
        return References(assembly).Where(name => name.StartsWith("Proxy.", StringComparison.Ordinal));
    }

    private static IEnumerable<string> References(Assembly assembly) => assembly.GetReferencedAssemblies().Select(name => name.Name!);

    private static List<(string Type, string Member)> Members(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var metadata = file.GetMetadataReader();
        var members = new List<(string, string)>();
        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            if (member.Parent.Kind == HandleKind.TypeReference)
            {
                var type = metadata.GetTypeReference((TypeReferenceHandle)member.Parent);
                members.Add((metadata.GetString(type.Namespace) + "." + metadata.GetString(type.Name), metadata.GetString(member.Name)));
            }
        }

        return members;
    }
}
