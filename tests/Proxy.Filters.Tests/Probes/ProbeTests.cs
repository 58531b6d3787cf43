using Proxy.Core.Tests.Http.H1.Replay;

namespace Proxy.Filters.Tests.Probes;

/// <summary>The recorded HTTP/1 probes of the conformance battery against the whole proxy, without sockets and in virtual time.</summary>
public sealed class ProbeTests
{
    // The reference keeps an idle connection on which half a head has come, and mixes it into the next answer. We close it.
    private static readonly string[] BetterThanRecorded = ["extra-later/204/half"];

    [Test]
    public void Requests_OfAllKinds_AreTreatedAsRecordedOrMoreStrictly()
    {
        using var proxy = new ProbeProxy(ProbeSettings.Requests, ProbeSettings.Clusters);
        Check("h1_request", probe => RequestProbe.Play(proxy, probe));
    }

    [Test]
    public void Responses_OfAllKinds_AreTreatedAsRecordedOrMoreStrictly()
    {
        using var proxy = new ProbeProxy(ProbeSettings.Responses, ProbeSettings.Clusters);
        Check("h1_response", probe => new ResponseProbe(proxy, probe).Play());
    }

    private static void Check(string family, Func<Probe, string?> play)
    {
        var probes = Probe.ReadAll(family);
        if (probes is null)
        {
            Assert.Ignore("The recordings are not at hand.");
        }

        var verdicts = probes!.Select(p => (p.Id, Verdict: play(p))).Where(static v => v.Verdict is not null && !BetterThanRecorded.Contains(v.Id)).ToList();
        foreach (var (id, verdict) in verdicts.Where(static v => !v.Verdict!.StartsWith("stricter", StringComparison.Ordinal)))
        {
            TestContext.Out.WriteLine($"{id}  {verdict}");
        }

        verdicts.Count(static v => v.Verdict!.StartsWith("UNSAFE", StringComparison.Ordinal)).Should().Be(0);
        verdicts.Count(static v => v.Verdict!.StartsWith("differs", StringComparison.Ordinal)).Should().BeLessThanOrEqualTo(probes!.Count / 50);
        verdicts.Count(static v => v.Verdict!.StartsWith("stricter", StringComparison.Ordinal)).Should().BeLessThanOrEqualTo(probes.Count * 6 / 100);
    }
}
