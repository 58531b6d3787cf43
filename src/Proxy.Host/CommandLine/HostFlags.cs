using Proxy.Observability;

namespace Proxy.Host.CommandLine;

/// <summary>Every flag there is, in the order of the help.</summary>
internal static class HostFlags
{
    public static IEnumerable<Flag> All() => [.. Configuration(), .. Logging(), .. Life(), .. Others()];

    private static IEnumerable<Flag> Configuration() =>
    [
        Flag.Text("config-path", "Path of the configuration, YAML or JSON by its ending.", "path", "", "-c"),
        Flag.Text("config-yaml", "Configuration in YAML, merged over that of --config-path."),
        Flag.Text("mode", "What to do: serve, validate (check the configuration and exit), init_only (start, then exit) or convert (write a v1 configuration as v3 and exit).", "serve|validate|init_only|convert", "serve"),
        Flag.Switch("allow-unknown-static-fields", "Unknown fields of the configuration are ignored instead of refused."),
        Flag.Switch("allow-unknown-fields", "The same, by its old name."),
        Flag.Switch("reject-unknown-dynamic-fields", "Unknown fields from control planes are refused."),
        Flag.Switch("ignore-unknown-dynamic-fields", "Unknown fields from control planes are ignored in silence."),
        Flag.Text("service-cluster", "Cluster of this node; wins over the configuration."),
        Flag.Text("service-node", "Id of this node; wins over the configuration."),
        Flag.Text("service-zone", "Zone of this node; wins over the configuration."),
        Flag.Text("admin-address-path", "File that the address of the admin listener is written to.", "path"),
        Flag.Text("local-address-ip-version", "Family of the local address: v4 or v6.", "v4|v6", "v4"),
        Flag.Text("disable-extensions", "Extensions that must not be used, separated by commas."),
        Flag.Texts("stats-tag", "name:value, a tag that every stat gets; may be repeated."),
    ];

    private static IEnumerable<Flag> Logging() =>
    [
        Flag.Text("log-level", "Level of the process log: " + LogLevelNames.All + ".", "level", "info", "-l"),
        Flag.Text("component-log-level", "Levels of components, as in upstream:debug,http:trace."),
        Flag.Text("log-format", "Format of the process log.", "format", LogOptions.DefaultFormat),
        Flag.Switch("log-format-escaped", "Escapes C-style sequences in log messages."),
        Flag.Text("log-path", "File of the process log; standard error otherwise.", "path"),
        Flag.Switch("enable-fine-grain-logging", "Loggers by source file."),
        Flag.Switch("skip-deprecated-logs", "Deprecated fields are not logged."),
        Flag.Switch("log-stacktrace-single-entry", "Stack traces are one log entry."),
        Flag.Number("file-flush-interval-msec", "Milliseconds between flushes of log files.", 10_000),
        Flag.Number("file-flush-min-size-kb", "Size at which a log file is flushed at once, in KB.", 64),
    ];

    private static IEnumerable<Flag> Life() =>
    [
        Flag.Number("concurrency", "Number of workers; by default one per hardware thread.", 0),
        Flag.Switch("cpuset-threads", "Counts the hardware threads of the cpuset for --concurrency."),
        Flag.Number("drain-time-s", "Seconds that connections get to end when listeners drain.", 600),
        Flag.Text("drain-strategy", "How connections are told to go: gradual or immediate.", "gradual|immediate", "gradual"),
        Flag.Number("parent-shutdown-time-s", "Seconds after which the parent of a hot restart is shut down.", 900),
        Flag.Number("restart-epoch", "Number of hot restarts before this process.", 0),
        Flag.Number("base-id", "Keeps processes on one machine apart for hot restart.", 0),
        Flag.Switch("use-dynamic-base-id", "Picks a base id that nobody uses."),
        Flag.Text("base-id-path", "File that the base id is written to.", "path"),
        Flag.Switch("disable-hot-restart", "Turns hot restart off."),
        Flag.Switch("skip-hot-restart-on-no-parent", "Starts without a parent when there is none."),
        Flag.Switch("skip-hot-restart-parent-stats", "Does not take over stats of the parent."),
        Flag.Text("socket-path", "Socket of hot restart.", "path", "@envoy_domain_socket"),
        Flag.Text("socket-mode", "Permissions of that socket.", "octal", "600"),
    ];

    private static IEnumerable<Flag> Others() =>
    [
        Flag.Switch("enable-mutex-tracing", "Traces contention of locks."),
        Flag.Switch("enable-core-dump", "Allows core dumps."),
        Flag.Switch("hot-restart-version", "Displays the hot restart compatibility version and exits."),
        Flag.Switch("version", "Displays version information and exits."),
    ];
}
