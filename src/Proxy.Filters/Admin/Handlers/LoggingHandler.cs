using System.Text;
using Proxy.Observability;

namespace Proxy.Filters.Admin.Handlers;

/// <summary><c>/logging</c>: shows and changes levels of the process log.</summary>
internal sealed class LoggingHandler(ILogLevels? levels) : IAdminHandler
{
    private const string Usage =
        "usage: /logging?<name>=<level> (change one logger)\n"
        + "usage: /logging?paths=name1:level1,name2:level2,... (change several)\n"
        + "usage: /logging?level=<level> (change all loggers)\n"
        + "levels: " + LogLevelNames.All + "\n";

    public string Path => "/logging";

    public string Help => "query/change logging levels (level, paths, <logger>)";

    public bool ChangesState => true;

    public AdminResponse Handle(AdminRequest request)
    {
        if (levels is null)
        {
            return AdminResponse.Error(400, "the application's own logging is in charge of levels\n");
        }

        if (request.Query.Parameters.Count > 1)
        {
            return AdminResponse.Error(400, Usage);
        }

        foreach (var (name, value) in request.Query.Parameters)
        {
            var fault = name switch
            {
                "level" => value.Length == 0 ? null : Change(null, value),
                "paths" => ChangeSeveral(value),
                _ => Change(name, value),
            };
            if (fault is not null)
            {
                return AdminResponse.Error(400, $"error: {fault}\n{Usage}");
            }
        }

        return AdminResponse.Text(List(levels));
    }

    private static string List(ILogLevels levels)
    {
        var text = new StringBuilder("active loggers:\n");
        foreach (var (name, level) in levels.Loggers)
        {
            text.Append("  ").Append(name).Append(": ").Append(LogLevelNames.Of(level)).Append('\n');
        }

        return text.Append('\n').ToString();
    }

    private string? Change(string? logger, string text)
    {
        if (!LogLevelNames.TryParse(text, out var level))
        {
            return $"unknown logger level '{text}'";
        }

        return levels!.TrySet(logger, level) ? null : $"unknown logger name '{logger}'";
    }

    private string? ChangeSeveral(string text)
    {
        foreach (var pair in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = pair.LastIndexOf(':');
            var fault = colon < 0 ? $"no level in '{pair}'" : Change(pair[..colon], pair[(colon + 1)..]);
            if (fault is not null)
            {
                return fault;
            }
        }

        return null;
    }
}
