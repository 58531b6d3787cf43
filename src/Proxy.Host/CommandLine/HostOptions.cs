using Microsoft.Extensions.Logging;
using Proxy.Resources;

namespace Proxy.Host.CommandLine;

/// <summary>What the command line asked for. Defaults are Envoy's.</summary>
internal sealed record HostOptions
{
    public string? ConfigPath { get; init; }

    public string? ConfigYaml { get; init; }

    public HostMode Mode { get; init; }

    /// <summary>Null is one worker per hardware thread.</summary>
    public int? Concurrency { get; init; }

    public string ServiceCluster { get; init; } = "";

    public string ServiceNode { get; init; } = "";

    public string ServiceZone { get; init; } = "";

    public string? AdminAddressPath { get; init; }

    public bool AllowUnknownStaticFields { get; init; }

    public UnknownFieldPolicy UnknownDynamicFields { get; init; }

    public LogOptions Log { get; init; } = new();

    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(600);

    public bool DrainGradually { get; init; } = true;

    public int RestartEpoch { get; init; }

    public TimeSpan FileFlushInterval { get; init; } = TimeSpan.FromSeconds(10);

    public int FileFlushBytes { get; init; } = 64 * 1024;

    /// <summary>Tags that every stat gets (<c>--stats-tag</c>).</summary>
    public IReadOnlyList<KeyValuePair<string, string>> StatsTags { get; init; } = [];

    /// <summary>Flags given whose feature does not exist yet, with what that means.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>All flags and their values as <c>/server_info</c> shows them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Shown { get; init; } = [];
}

/// <summary>What the process is for (<c>--mode</c>).</summary>
internal enum HostMode
{
    /// <summary>Serve traffic.</summary>
    Serve,

    /// <summary>Check the configuration and exit.</summary>
    Validate,

    /// <summary>Start without serving, then exit.</summary>
    InitOnly,

    /// <summary>Write a v1 configuration in v3 and exit.</summary>
    Convert,
}

/// <summary>How the process logs.</summary>
internal sealed record LogOptions
{
    public const string DefaultFormat = "[%Y-%m-%d %T.%e][%t][%l][%n] [%g:%#] %v";

    public LogLevel Level { get; init; } = LogLevel.Information;

    /// <summary>Levels of single components (<c>--component-log-level</c>).</summary>
    public IReadOnlyList<KeyValuePair<string, LogLevel>> Components { get; init; } = [];

    public string Format { get; init; } = DefaultFormat;

    /// <summary>Line ends inside messages are written as <c>\n</c>, so that every message is one line.</summary>
    public bool Escape { get; init; }

    /// <summary>Null is standard error.</summary>
    public string? Path { get; init; }
}
