namespace Proxy.Core.Tests.Http.H1.Replay;

/// <summary>The recorded probes of the conformance battery, played against the codecs alone.</summary>
public sealed class ProbeReplayTests
{
    // The reference keeps an idle connection on which half a head has come, and mixes it into the next answer. We close it.
    private static readonly string[] BetterThanRecorded = ["extra-later/204/half"];

    [TestCase("h1_request")]
    [TestCase("h1_response")]
    public void Probes_OfAFamily_AgreeOrAreStricterAndNeverUnsafe(string family)
    {
        var probes = Probe.ReadAll(family);
        if (probes is null)
        {
            Assert.Ignore("The recordings are not at hand.");
        }

        var verdicts = probes!
            .Select(p => (p.Id, Verdict: family == "h1_request" ? RequestReplay.Play(p) : ResponseReplay.Play(p)))
            .Where(static v => v.Verdict is not null && !BetterThanRecorded.Contains(v.Id))
            .ToList();

        verdicts.Where(static v => v.Verdict!.StartsWith("UNSAFE", StringComparison.Ordinal)).Should().BeEmpty();
        verdicts.Count(static v => v.Verdict!.StartsWith("differs", StringComparison.Ordinal)).Should().BeLessThanOrEqualTo(probes!.Count / 100);
        verdicts.Count(static v => v.Verdict!.StartsWith("stricter", StringComparison.Ordinal)).Should().BeLessThanOrEqualTo(probes.Count * 6 / 100);
    }
}
