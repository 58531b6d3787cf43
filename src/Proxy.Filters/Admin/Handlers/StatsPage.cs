using System.Net;
using Proxy.Stats;

namespace Proxy.Filters.Admin.Handlers;

/// <summary>Stats as a page with a form for what to show.</summary>
internal static class StatsPage
{
    private static readonly string[] Types = ["All", "Counters", "Gauges", "Histograms", "TextReadouts"];

    public static string Render(StatsSnapshot stats, StatsQuery query)
    {
        var refresh = query.Format == "active-html" ? "<meta http-equiv=\"refresh\" content=\"5\">" : "";
        var filter = WebUtility.HtmlEncode(query.FilterText);
        var used = query.UsedOnly ? " checked" : "";
        var types = string.Concat(Types
            .Select(type => $"<option{(type == query.Type ? " selected" : "")}>{type}</option>"));
        return $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">{refresh}<title>Proxy stats</title></head>
            <body><h1>Stats</h1>
            <form action="stats" method="get"><input type="hidden" name="format" value="{query.Format}">
            <input name="filter" placeholder="regular expression" value="{filter}"> <select name="type">{types}</select>
            <label><input type="checkbox" name="usedonly"{used}> used only</label> <button>show</button></form>
            <pre>{WebUtility.HtmlEncode(StatsText.Render(stats, query.View))}</pre></body></html>

            """;
    }
}
