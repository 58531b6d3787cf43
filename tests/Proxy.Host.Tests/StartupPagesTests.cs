namespace Proxy.Host;

public sealed class StartupPagesTests
{
    private const string Program = "/opt/proxy";
    private static readonly nuint Start = unchecked((nuint)0x55d0a1a00000);
    private static readonly nuint Length = 0x3000;

    [TestCase("r-xp", "/opt/proxy", 0, true)]
    [TestCase("r--p", "/opt/proxy", 0, true)]
    [TestCase("r-xp", "/usr/lib/libc.so.6", 0, true)]
    [TestCase("r--p", "/opt/dotnet/libcoreclr.so", 0, true)]
    [TestCase("r--p", "/opt/proxy", 4, false, Description = "relocated: the page has no other copy")]
    [TestCase("rw-p", "/opt/proxy", 0, false)]
    [TestCase("r--s", "/opt/proxy", 0, true)]
    [TestCase("r--p", "/opt/other", 0, false)]
    [TestCase("r--s", "/opt/Some.dll", 0, true)]
    [TestCase("r-xp", "/opt/Some.dll", 0, true)]
    [TestCase("rw-s", "/opt/Some.dll", 0, false)]
    [TestCase("r--p", "", 0, false)]
    public void Clean_AMapping_IsTakenOnlyWhenItsPagesCanBeReadAgain(string rights, string path, int anonymous, bool expected)
    {
        string[] lines =
        [
            $"55d0a1a00000-55d0a1a03000 {rights} 00025000 fe:00 1234                       {path}",
            "Size:                 12 kB",
            "Private_Dirty:         0 kB",
            $"Anonymous:             {anonymous} kB",
            "VmFlags: rd ex mr mw me",
            "7f0000000000-7f0000001000 rw-p 00000000 00:00 0 ",
            "Anonymous:             0 kB",
        ];

        var clean = StartupPages.Clean(lines, Program);

        clean.Should().BeEquivalentTo(expected ? new[] { (Start, Length) } : []);
    }

    [Test]
    [Platform("Linux")]
    public void Release_OfThisProcess_DropsMappedFilePagesAndHarmsNothing()
    {
        var found = StartupPages.Find();
        var before = MappedFileKilobytes();

        StartupPages.Release(found);

        MappedFileKilobytes().Should().BeLessThan(before);
    }

    private static long MappedFileKilobytes()
    {
        var line = File.ReadLines("/proc/self/status").Single(static line => line.StartsWith("RssFile:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(8).Trim().ToString().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
