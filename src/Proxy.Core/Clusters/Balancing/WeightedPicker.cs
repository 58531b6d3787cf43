namespace Proxy.Clusters.Balancing;

/// <summary>Hosts whose weights differ, in turn by weight; with a bias, a busy host counts for less.</summary>
internal sealed class WeightedPicker : HostPicker
{
    private readonly HostEntry[] _hosts;
    private readonly EdfSchedule _schedule;
    private readonly double _activeRequestBias;

    /// <param name="hosts">The hosts.</param>
    /// <param name="activeRequestBias">Exponent by which active requests lessen a weight; 0 leaves them out.</param>
    /// <param name="start">Picks that are skipped, so that workers do not begin together.</param>
    public WeightedPicker(HostEntry[] hosts, double activeRequestBias, ulong start)
    {
        _hosts = hosts;
        _activeRequestBias = activeRequestBias;
        _schedule = new EdfSchedule([.. hosts.Select(WeightOf)]);
        for (var skip = start % (ulong)hosts.Length; skip > 0; skip--)
        {
            Pick();
        }
    }

    public override Host Pick()
    {
        var entry = _hosts[_schedule.Peek()];
        _schedule.Requeue(WeightOf(entry));
        return entry.Host;
    }

    private double WeightOf(HostEntry entry)
    {
        if (_activeRequestBias == 0)
        {
            return entry.Weight;
        }

        var active = entry.Host.ActiveRequests + 1;
        return entry.Weight / (_activeRequestBias == 1 ? active : Math.Pow(active, _activeRequestBias));
    }
}
