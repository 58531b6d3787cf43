using Proxy.Stats;

namespace Proxy.Filters.Admin.Handlers;

/// <summary>The parameters of a request for stats.</summary>
internal sealed record StatsQuery(string Format, HistogramView View, string Type, bool UsedOnly, Func<string, bool>? Filter, string FilterText)
{
    public static bool TryParse(AdminQuery query, string? format, out StatsQuery parsed, out string fault)
    {
        parsed = null!;
        var text = query.Get("filter") ?? "";
        if (!NameFilter.TryCompile(text, query.Has("invert_filter"), out var filter, out fault))
        {
            return false;
        }

        format ??= query.Get("format") ?? "text";
        if (format is not ("text" or "json" or "prometheus" or "html" or "active-html" or ""))
        {
            fault = "usage: /stats?format=(html|active-html|json|prometheus|text)\n\n";
            return false;
        }

        var type = query.Get("type") is { Length: > 0 } given ? given : "All";
        if (type is not ("All" or "Counters" or "Gauges" or "Histograms" or "TextReadouts"))
        {
            fault = "usage: /stats?type=(All|Counters|Histograms|Gauges|TextReadouts)\n\n";
            return false;
        }

        if (!TryView(query.Get("histogram_buckets"), format, out var view, out fault))
        {
            return false;
        }

        parsed = new StatsQuery(format, view, type, query.Has("usedonly"), filter, text);
        return true;
    }

    /// <summary>Leaves out what was not asked for by type and use.</summary>
    public StatsSnapshot Select(StatsSnapshot stats) => new(
        Is("Counters") ? [.. stats.Counters.Where(sample => !UsedOnly || sample.Used)] : [],
        Is("Gauges") ? [.. stats.Gauges.Where(sample => !UsedOnly || sample.Used)] : [],
        Is("TextReadouts") ? [.. stats.Texts.Where(sample => !UsedOnly || sample.Value.Length > 0)] : [],
        Is("Histograms") ? [.. stats.Histograms.Where(sample => !UsedOnly || sample.Used)] : []);

    private bool Is(string type) => Type == "All" || Type == type;

    private static bool TryView(string? text, string format, out HistogramView view, out string fault)
    {
        // Prometheus has buckets unless asked otherwise, and no word for disjoint or detailed ones.
        var prometheus = format == "prometheus";
        fault = "";
        view = prometheus ? HistogramView.Cumulative : HistogramView.Summary;
        switch (text)
        {
            case null or "":
                return true;
            case "cumulative":
                view = HistogramView.Cumulative;
                return true;
            case "summary" or "none":
                view = HistogramView.Summary;
                return true;
            case "disjoint" when !prometheus:
                view = HistogramView.Disjoint;
                return true;
            case "detailed" when !prometheus:
                view = HistogramView.Detailed;
                return true;
            default:
                fault = prometheus
                    ? "usage: /stats/prometheus?histogram_buckets=(summary|cumulative)\n"
                    : "usage: /stats?histogram_buckets=(summary|cumulative|disjoint|detailed)\n";
                return false;
        }
    }
}
