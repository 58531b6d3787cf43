using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Proxy.Filters.Admin;

/// <summary>Finds the handler of an admin request; answers <c>/</c>, <c>/help</c> and what nobody else does. On main.</summary>
internal sealed partial class AdminRouter
{
    private readonly SortedDictionary<string, IAdminHandler> _handlers = new(StringComparer.Ordinal);
    private readonly ILogger _logger;

    /// <summary>Takes handlers; a later one of a path replaces an earlier one.</summary>
    public AdminRouter(IEnumerable<IAdminHandler> handlers, ILogger logger)
    {
        _logger = logger;
        Add(new DelegateAdminHandler("/", "Admin home page", changesState: false, _ => AdminResponse.Html(HomePage())));
        Add(new DelegateAdminHandler("/help", "print out list of admin commands", changesState: false, _ => AdminResponse.Text(HelpText())));
        foreach (var handler in handlers)
        {
            Add(handler);
        }
    }

    /// <summary>How much of the body of a request its handler takes.</summary>
    public int MaxBodyBytes(AdminRequest request) => _handlers.TryGetValue(request.Path, out var handler) ? handler.MaxBodyBytes : 0;

    public AdminResponse Handle(AdminRequest request)
    {
        if (!_handlers.TryGetValue(request.Path, out var handler))
        {
            return AdminResponse.Error(404, "invalid path. " + HelpText());
        }

        if (handler.ChangesState && request.Method != "POST")
        {
            return AdminResponse.Error(405, $"Method {request.Method} not allowed, POST required.");
        }

        try
        {
            return handler.Handle(request);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A handler of the application's must not take the admin interface down with it.
            LogFailed(_logger, e, request.Path);
            return AdminResponse.Error(500, "the handler failed; see the log\n");
        }
    }

    private void Add(IAdminHandler handler) => _handlers[handler.Path] = handler;

    private string HelpText()
    {
        var text = new StringBuilder("admin commands are:\n");
        foreach (var handler in _handlers.Values)
        {
            text.Append("  ").Append(handler.Path).Append(handler.ChangesState ? " (POST): " : ": ").Append(handler.Help).Append('\n');
        }

        return text.ToString();
    }

    private string HomePage()
    {
        var rows = new StringBuilder();
        foreach (var handler in _handlers.Values)
        {
            var path = WebUtility.HtmlEncode(handler.Path);
            var command = handler.ChangesState
                ? $"<form action=\"{path[1..]}\" method=\"post\"><button>{path[1..]}</button></form>"
                : $"<a href=\"{path[1..]}\">{path}</a>";
            rows.Append("<tr><td>").Append(command).Append("</td><td>").Append(WebUtility.HtmlEncode(handler.Help)).Append("</td></tr>\n");
        }

        return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Proxy admin</title>"
            + "<style>body{font-family:sans-serif}td{padding:.2em 1em}form{display:inline}</style></head>\n"
            + $"<body><h1>Proxy admin</h1>\n<table>\n{rows}</table></body></html>\n";
    }

    [LoggerMessage(1, LogLevel.Error, "admin {Path} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string path);
}
