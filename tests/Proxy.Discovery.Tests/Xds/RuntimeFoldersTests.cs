using Proxy.Configuration;
using Proxy.Discovery.Xds.Files;

namespace Proxy.Discovery.Tests.Xds;

public sealed class RuntimeFoldersTests
{
    private readonly RuntimeFolders _folders = new();
    private string _root = "";

    [SetUp]
    public void MakeRoot() => _root = Directory.CreateTempSubdirectory("runtime").FullName;

    [TearDown]
    public void RemoveRoot() => Directory.Delete(_root, recursive: true);

    [Test]
    public void Read_NamesValuesByTheirPaths()
    {
        Write("health_check/min_interval", "5\n");
        Write("flag", "true");

        _folders.Read(_root).Should().BeEquivalentTo([new RuntimeValue("flag", "true"), new RuntimeValue("health_check.min_interval", "5")]);
    }

    [TestCase("# why\n7\n", "7")]
    [TestCase("two \nlines  \n", "two \nlines")]
    [TestCase("", "")]
    [TestCase("{numerator: 5, denominator: TEN_THOUSAND}", "5/10000")]
    [TestCase("numerator: 5\n# of a million\ndenominator: MILLION\n", "5/1000000")]
    [TestCase("{numerator: 5", "{numerator: 5")]
    public void ValueOf_Text(string text, string expected)
    {
        RuntimeFolders.ValueOf(text).Should().Be(expected);
    }

    [Test]
    public void Read_NoFolder_IsNone()
    {
        _folders.Read(Path.Combine(_root, "none")).Should().BeNull();
    }

    [Test]
    public void Read_FolderInsideItself_IsRefused()
    {
        Directory.CreateSymbolicLink(Path.Combine(_root, "again"), _root);

        _folders.Invoking(folders => folders.Read(_root)).Should().Throw<ConfigException>();
    }

    [Test]
    public void Watch_NowhereToWatch_IsRefused()
    {
        _folders.Invoking(folders => folders.Watch(Path.Combine(_root, "none", "current"), () => { })).Should().Throw<ConfigException>();
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(_root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
