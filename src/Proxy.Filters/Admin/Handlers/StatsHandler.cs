using Proxy.Configuration;
using Proxy.Stats;

namespace Proxy.Filters.Admin.Handlers;

/// <summary><c>/stats</c> and <c>/stats/prometheus</c>: what is counted, chosen by name, type and use.</summary>
internal sealed class StatsHandler : IAdminHandler
{
    private readonly StatsStore _stats;
    private readonly Func<StatsConfig> _config;
    private readonly string? _format;

    private StatsHandler(StatsStore stats, Func<StatsConfig> config, string path, string help, string? format)
    {
        _stats = stats;
        _config = config;
        _format = format;
        Path = path;
        Help = help;
    }

    public string Path { get; }

    public string Help { get; }

    public bool ChangesState => false;

    public static StatsHandler For(StatsStore stats, Func<StatsConfig> config)
    {
        return new StatsHandler(stats, config, "/stats", "print server stats (filter, usedonly, type, format, histogram_buckets)", format: null);
    }

    public static StatsHandler ForPrometheus(StatsStore stats, Func<StatsConfig> config)
    {
        return new StatsHandler(stats, config, "/stats/prometheus", "print server stats in prometheus format (filter, usedonly, text_readouts, histogram_buckets)", "prometheus");
    }

    public AdminResponse Handle(AdminRequest request)
    {
        var query = request.Query;
        if (!StatsQuery.TryParse(query, _format, out var wanted, out var fault))
        {
            return AdminResponse.Error(400, fault);
        }

        var config = _config();
        if (config.FlushOnAdmin)
        {
            _stats.Reader.Flush();
        }

        var stats = wanted.Select(_stats.Reader.Read(wanted.Filter));
        return wanted.Format switch
        {
            "json" => AdminResponse.Json(StatsJson.Render(stats, wanted.View, query.Has("pretty"))),
            "prometheus" => AdminResponse.Text(new StatsPrometheus(new StatTags(config)).Render(stats, wanted.View, query.Has("text_readouts"))),
            "html" or "active-html" => AdminResponse.Html(StatsPage.Render(stats, wanted)),
            _ => AdminResponse.Text(StatsText.Render(stats, wanted.View)),
        };
    }
}
