using Proxy.Hosting;

namespace Proxy.Filters.Admin.Handlers;

/// <summary>Paths that change something: drain, health check, counters, the end.</summary>
internal static class CommandHandlers
{
    public static IEnumerable<IAdminHandler> For(ProxyServer server)
    {
        yield return Post("/healthcheck/fail", "cause the server to fail health checks", _ => SetHealth(server, failed: true));
        yield return Post("/healthcheck/ok", "cause the server to pass health checks", _ => SetHealth(server, failed: false));
        yield return Post("/drain_listeners", "drain listeners (graceful, skip_exit, inboundonly)", request => Drain(server, request.Query));
        yield return Post("/reset_counters", "reset all counters to zero", _ => ResetCounters(server));
        yield return Post("/reopen_logs", "reopen access logs", _ => ReopenLogs(server));
        yield return Post("/quitquitquit", "exit the server", _ => Quit(server));
        yield return Post("/runtime_modify", "modify runtime values", request => ModifyRuntime(server, request));
    }

    private static DelegateAdminHandler Post(string path, string help, Func<AdminRequest, AdminResponse> handle) => new(path, help, changesState: true, handle);

    private static AdminResponse SetHealth(ProxyServer server, bool failed)
    {
        server.FailHealthChecks(failed);
        return AdminResponse.Ok;
    }

    private static AdminResponse Drain(ProxyServer server, AdminQuery query)
    {
        var graceful = query.Has("graceful");
        var skipExit = query.Has("skip_exit");
        if (skipExit && !graceful)
        {
            return AdminResponse.Error(400, "skip_exit requires graceful\n");
        }

        _ = server.DrainListenersAsync(graceful, query.Has("inboundonly"), skipExit);
        return AdminResponse.Ok;
    }

    private static AdminResponse ResetCounters(ProxyServer server)
    {
        server.Stats.Reader.ResetCounters();
        return AdminResponse.Ok;
    }

    private static AdminResponse ReopenLogs(ProxyServer server)
    {
        server.ReopenLogs();
        return AdminResponse.Ok;
    }

    private static AdminResponse Quit(ProxyServer server)
    {
        server.RequestStop();
        return AdminResponse.Ok;
    }

    private static AdminResponse ModifyRuntime(ProxyServer server, AdminRequest request)
    {
        if (request.Query.Parameters.Count == 0)
        {
            return AdminResponse.Error(400, "usage: /runtime_modify?key1=value1&key2=value2&keyN=valueN\nuse an empty value to remove a previously added override\n");
        }

        return server.RuntimeLayers.Modify(request.Query.Parameters) ? AdminResponse.Ok : AdminResponse.Error(503, "No admin layer specified");
    }
}
