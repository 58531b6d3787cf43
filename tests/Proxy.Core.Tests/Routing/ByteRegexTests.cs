using System.Text;
using Proxy.Configuration;
using Proxy.Observability;
using Proxy.Routing.Matching;

namespace Proxy.Core.Tests.Routing;

[TestFixture]
public sealed class ByteRegexTests
{
    [TestCase("a.c", "abc", true)]
    [TestCase("a.c", "a\nc", false)]
    [TestCase("(?s)a.c", "a\nc", true)]
    [TestCase("a", "ab", false, Description = "whole text")]
    [TestCase("a$", "a\n", false, Description = "$ does not stand before a final line feed")]
    [TestCase("(?m)a$\nb", "a\nb", true)]
    [TestCase("é", "\u00C3\u00A9", true, Description = "two bytes")]
    [TestCase("..", "\u00C3\u00A9", true)]
    [TestCase("(?i)É", "\u00C3\u00A9", false, Description = "case is ASCII's")]
    [TestCase("(?i)k", "K", true)]
    [TestCase("(?i:a)b", "Ab", true)]
    [TestCase("(?i:a)b", "AB", false)]
    [TestCase(@"\w+", "\u00E9", false)]
    [TestCase(@"\W", "\u00E9", true)]
    [TestCase(@"a\b.", "a\u00E9", true, Description = "a letter beyond ASCII is no word character")]
    [TestCase(@"\s", "\v", false)]
    [TestCase("[[:space:]]", "\v", true)]
    [TestCase("[[:^digit:]x]", "a", true)]
    [TestCase(@"[^\d]", "\u00FF", true)]
    [TestCase("[a-c-e]", "-", true)]
    [TestCase(@"[\w-]", "-", true)]
    [TestCase("[]a]", "]", true)]
    [TestCase(@"\x41\x{42}\103", "ABC", true)]
    [TestCase(@"\Qa.b\E+", "a.bbb", true)]
    [TestCase(@"\pL+", "aZ", true)]
    [TestCase(@"\p{Greek}", "a", false)]
    [TestCase("a{,2}", "a{,2}", true, Description = "no count: literal")]
    [TestCase("a{2}", "aa", true)]
    [TestCase("(?P<n>a)(?<m>b)", "ab", true)]
    [TestCase("(?U)a+?", "aa", true)]
    [TestCase("^*a", "a", true)]
    [TestCase(@"\C", "\u00FF", true)]
    public void IsMatch_AgreesWithRe2(string pattern, string text, bool matches)
    {
        Compile(pattern)!.IsMatch(Encoding.Latin1.GetBytes(text)).Should().Be(matches);
    }

    [TestCase("(")]
    [TestCase(")")]
    [TestCase("[")]
    [TestCase("[b-a]")]
    [TestCase("*a")]
    [TestCase("a**")]
    [TestCase("a{2}{3}")]
    [TestCase("{1}")]
    [TestCase("a{1001}")]
    [TestCase(@"\1")]
    [TestCase(@"\Z")]
    [TestCase(@"\h")]
    [TestCase(@"\cA")]
    [TestCase(@"\x{100}")]
    [TestCase("(?=a)")]
    [TestCase("(?!a)")]
    [TestCase("(?<=a)")]
    [TestCase("(?>a)")]
    [TestCase(@"a\E")]
    [TestCase(@"\")]
    [TestCase("[[:bogus:]]")]
    [TestCase(@"\p{Bogus}")]
    public void Compile_NotRe2_IsRefusedByName(string pattern)
    {
        var faults = new FaultList();

        ByteRegex.Compile(pattern, "here", faults).Should().BeNull();

        faults.Invoking(static list => list.ThrowIfAny()).Should().Throw<ConfigException>().WithMessage($"here: '{pattern}': *");
    }

    [TestCase("a", "b", "banana", "bbnbnb")]
    [TestCase("(a)(n)", @"\2\1", "banana", "bnanaa")]
    [TestCase("b*", "-", "abc", "-a-c-")]
    [TestCase("x", "y", "abc", "abc")]
    [TestCase("(a)|(b)", @"[\1\2\3]", "ab", "[a][b]")]
    [TestCase(".*", @"\\", "abc", @"\")]
    public void Replace_AllMatches(string pattern, string substitution, string text, string expected)
    {
        var output = new FormatWriter();

        Compile(pattern)!.Replace(Encoding.Latin1.GetBytes(text), RegexSubstitution.Compile(substitution, "", new FaultList())!, output);

        Encoding.Latin1.GetString(output.Written).Should().Be(expected);
    }

    [Test]
    public void IsMatch_LongHostileText_TakesLinearTime()
    {
        var text = Encoding.Latin1.GetBytes(new string('a', 50_000) + "!");

        Compile("(a*)*(a|aa)+$")!.IsMatch(text).Should().BeFalse();
    }

    private static ByteRegex? Compile(string pattern)
    {
        var faults = new FaultList();
        var regex = ByteRegex.Compile(pattern, "", faults);
        faults.ThrowIfAny();
        return regex;
    }
}
