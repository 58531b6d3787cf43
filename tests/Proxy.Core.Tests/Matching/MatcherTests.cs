using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Matching;
using static Proxy.Core.Tests.Matching.MatcherFixture;

namespace Proxy.Core.Tests.Matching;

[TestFixture]
public sealed class MatcherTests
{
    private static readonly MatchInputConfig Early = new(MatchInputKind.ResponseHeader, "late");

    [Test]
    public void List_SeveralHold_TheFirstDecides() =>
        Play(List((Is("a", "1"), Do("first")), (Is("a", "1"), Do("second"))), ("a", "1")).Should().Be("first");

    [Test]
    public void List_NoneHolds_TheFallbackDecides()
    {
        Play(List((Is("a", "1"), Do("first"))) with { OnNoMatch = Do("other") }, ("a", "2")).Should().Be("other");
        Play(List((Is("a", "1"), Do("first"))), ("a", "2")).Should().BeNull();
        Play(new MatcherConfig()).Should().BeNull();
    }

    [Test]
    public void List_WhatAMatchLeadsToDecidesNothing_GoesOn()
    {
        var nested = List((Is("b", "1"), Do("nested")));
        var matcher = List((Is("a", "1"), Ask(nested)), (Is("a", "1"), Do("next")));

        Play(matcher, ("a", "1"), ("b", "1")).Should().Be("nested");
        Play(matcher, ("a", "1")).Should().Be("next");
        Play(List((Is("a", "1"), Ask(nested with { OnNoMatch = Do("nested other") })), (Is("a", "1"), Do("next"))), ("a", "1")).Should().Be("nested other");
    }

    [TestCase("1", "1", "yes")]
    [TestCase("1", "2", "no")]
    [TestCase("2", "1", "no")]
    public void All_HoldsWhenAllHold(string a, string b, string expected) =>
        Play(When(new AllPredicateConfig([Is("a", "1"), Is("b", "1")])), ("a", a), ("b", b)).Should().Be(expected);

    [TestCase("1", "2", "yes")]
    [TestCase("2", "1", "yes")]
    [TestCase("2", "2", "no")]
    public void Any_HoldsWhenOneHolds(string a, string b, string expected) =>
        Play(When(new AnyPredicateConfig([Is("a", "1"), Is("b", "1")])), ("a", a), ("b", b)).Should().Be(expected);

    [Test]
    public void Not_HoldsForAMissingInputToo()
    {
        Play(When(new NotPredicateConfig(Is("a", "1"))), ("a", "1")).Should().Be("no");
        Play(When(new NotPredicateConfig(Is("a", "1")))).Should().Be("yes");
        Play(When(new NotPredicateConfig(new NotPredicateConfig(Is("a", "1")))), ("a", "1")).Should().Be("yes");
    }

    [Test]
    public void Predicate_InputNotThereYet_Waits()
    {
        Play(When(Is(Early, "x")), ("a", "1")).Should().Be("too early");
        Play(When(new NotPredicateConfig(Is(Early, "x"))), ("a", "1")).Should().Be("too early");
        Play(When(new AllPredicateConfig([Is("a", "2"), Is(Early, "x")])), ("a", "1")).Should().Be("no", "the first of all has failed");
        Play(When(new AllPredicateConfig([Is("a", "1"), Is(Early, "x")])), ("a", "1")).Should().Be("too early");
        Play(When(new AnyPredicateConfig([Is(Early, "x"), Is("a", "1")])), ("a", "1")).Should().Be("yes", "one of any has held");
        Play(When(new AnyPredicateConfig([Is(Early, "x"), Is("a", "2")])), ("a", "1")).Should().Be("too early");
    }

    [Test]
    public void Table_InputNotThereYet_Waits() =>
        Play(new MatcherConfig { Table = new ExactTableConfig(Early, Map(("x", Do("x")))), OnNoMatch = Do("other") }).Should().Be("too early");

    [TestCase("a", "A")]
    [TestCase("ab", "other")]
    [TestCase("", "E")]
    public void ExactTable_FindsTheValueItself(string value, string expected) =>
        Play(new MatcherConfig { Table = new ExactTableConfig(Header("k"), Map(("a", Do("A")), ("", Do("E")))), OnNoMatch = Do("other") }, ("k", value)).Should().Be(expected);

    [Test]
    public void Table_InputMissing_TheFallbackDecides() =>
        Play(new MatcherConfig { Table = new ExactTableConfig(Header("k"), Map(("", Do("E")))), OnNoMatch = Do("other") }).Should().Be("other");

    [TestCase("abcd", "abc")]
    [TestCase("abx", "ab")]
    [TestCase("a", "a")]
    [TestCase("b", null)]
    public void PrefixTable_FindsTheLongest(string value, string? expected) =>
        Play(new MatcherConfig { Table = new PrefixTableConfig(Header("k"), Map(("a", Do("a")), ("abc", Do("abc")), ("ab", Do("ab")))) }, ("k", value)).Should().Be(expected);

    [Test]
    public void PrefixTable_TheLongestLeadsToNothing_TriesShorterOnes() =>
        Play(new MatcherConfig { Table = new PrefixTableConfig(Header("k"), Map(("a", Do("a")), ("ab", Ask(List((Is("x", "1"), Do("ab"))))))) }, ("k", "abc")).Should().Be("a");

    [TestCase("10.1.2.3", "1", "narrow")]
    [TestCase("10.1.2.3", "2", "wide")]
    [TestCase("10.2.0.0", "1", "wide")]
    [TestCase("11.0.0.0", "1", "other")]
    [TestCase("10.1", "1", "other", Description = "no address")]
    [TestCase("::1", "1", "other")]
    public void AddressTable_FindsTheNarrowest(string address, string x, string expected)
    {
        var narrow = Entry("10.1.0.0", 16, Ask(List((Is("x", "1"), Do("narrow")))));
        Play(Addresses(Entry("10.0.0.0", 8, Do("wide")), narrow), ("k", address), ("x", x)).Should().Be(expected);
    }

    [Test]
    public void AddressTable_ExclusiveRange_IsNoFallbackForANarrowerOne()
    {
        var narrow = Entry("10.1.0.0", 16, Ask(List((Is("x", "1"), Do("narrow")))));
        var matcher = Addresses(Entry("10.0.0.0", 8, Do("wide")) with { Exclusive = true }, narrow);

        Play(matcher, ("k", "10.1.0.1")).Should().Be("other");
        Play(matcher, ("k", "10.2.0.1")).Should().Be("wide");
    }

    [TestCase("a.test", "name")]
    [TestCase("A.Test", "name")]
    [TestCase("x.a.test", "suffix")]
    [TestCase("y.x.a.test", "suffix")]
    [TestCase("z.deep.a.test", "deep")]
    [TestCase("xa.test", "any")]
    [TestCase("", "other")]
    public void DomainTable_FindsNameThenSuffixThenAny(string name, string expected)
    {
        var table = new DomainTableConfig(
            Header("k"),
            [
                new DomainEntryConfig(["*"], Do("any")),
                new DomainEntryConfig(["*.a.test"], Do("suffix")),
                new DomainEntryConfig(["*.deep.a.test"], Do("deep")),
                new DomainEntryConfig(["a.test"], Do("name")),
            ]);
        Play(new MatcherConfig { Table = table, OnNoMatch = Do("other") }, ("k", name)).Should().Be(expected);
    }

    [Test]
    public void DomainTable_TheNameLeadsToNothing_TriesWildcards()
    {
        var table = new DomainTableConfig(
            Header("k"), [new DomainEntryConfig(["x.a.test"], Ask(new MatcherConfig())), new DomainEntryConfig(["*.test"], Do("suffix"))]);
        Play(new MatcherConfig { Table = table }, ("k", "x.a.test")).Should().Be("suffix");
    }

    private static AddressEntryConfig Entry(string address, int length, OnMatchConfig onMatch) => new([new CidrRange(IPAddress.Parse(address), length)], onMatch);

    private static MatcherConfig Addresses(params AddressEntryConfig[] entries) =>
        new() { Table = new AddressTableConfig(Header("k"), entries.ToConfigList()), OnNoMatch = Do("other") };
}
