using System.CommandLine;
using System.CommandLine.Parsing;
using Microsoft.Extensions.Logging;
using Proxy.Host.Logging;
using Proxy.Observability;
using Proxy.Resources;

namespace Proxy.Host.CommandLine;

/// <summary>Turns parsed flags into options; faults are collected, none stops the list.</summary>
internal sealed class HostOptionsReader(Func<string, Flag> flag, ParseResult result)
{
    // Given flags that would matter if their feature existed: the user should not have to guess.
    private static readonly (string Flag, string Meaning)[] Later =
    [
        ("use-dynamic-base-id", "hot restart comes later; processes do not need a base id to be kept apart"),
        ("base-id-path", "hot restart comes later; no base id is written"),
        ("cpuset-threads", "the number of hardware threads is what the system reports, cpusets included"),
        ("disable-extensions", "extensions cannot be turned off yet; the configuration alone decides which are used"),
        ("enable-mutex-tracing", "contention is not traced: workers share no locks"),
        ("enable-fine-grain-logging", "loggers stay one per component"),
    ];

    public HostOptions? Read(List<string> faults)
    {
        var options = new HostOptions
        {
            ConfigPath = Text("config-path") is { Length: > 0 } path ? path : null,
            ConfigYaml = Text("config-yaml") is { Length: > 0 } yaml ? yaml : null,
            Mode = Pick("mode", faults, "unknown mode", ("serve", HostMode.Serve), ("validate", HostMode.Validate), ("init_only", HostMode.InitOnly), ("convert", HostMode.Convert)),
            Concurrency = IsGiven("concurrency") ? (int)Math.Clamp(Number("concurrency"), 1, 1024) : null,
            ServiceCluster = Text("service-cluster"),
            ServiceNode = Text("service-node"),
            ServiceZone = Text("service-zone"),
            AdminAddressPath = Text("admin-address-path") is { Length: > 0 } file ? file : null,
            AllowUnknownStaticFields = IsGiven("allow-unknown-static-fields") || IsGiven("allow-unknown-fields"),
            UnknownDynamicFields = IsGiven("reject-unknown-dynamic-fields") ? UnknownFieldPolicy.Refuse
                : IsGiven("ignore-unknown-dynamic-fields") ? UnknownFieldPolicy.Ignore
                : UnknownFieldPolicy.Warn,
            Log = ReadLog(faults),
            DrainTime = TimeSpan.FromSeconds(Number("drain-time-s")),
            DrainGradually = Pick("drain-strategy", faults, "unknown drain-strategy", ("gradual", true), ("immediate", false)),
            RestartEpoch = (int)Math.Min(Number("restart-epoch"), int.MaxValue),
            FileFlushInterval = TimeSpan.FromMilliseconds(Number("file-flush-interval-msec")),
            FileFlushBytes = (int)Math.Min(Number("file-flush-min-size-kb") * 1024L, int.MaxValue),
            StatsTags = ReadTags(faults),
            Warnings = [.. Later.Where(row => IsGiven(row.Flag)).Select(row => $"--{row.Flag}: {row.Meaning}")],
            Shown = [.. HostFlags.All().Select(shown => new KeyValuePair<string, string>(shown.FieldName, flag(shown.Option.Name.TrimStart('-')).Show(result)))],
        };
        Pick("local-address-ip-version", faults, "unknown IP address version", ("v4", 4), ("v6", 6));
        if (options.RestartEpoch > 0)
        {
            faults.Add("--restart-epoch: hot restart comes later; start with epoch 0 once the old process has ended");
        }

        if (options.Mode == HostMode.Validate && options is { ConfigPath: null, ConfigYaml: null })
        {
            faults.Add("--mode validate: there is no configuration; give --config-path or --config-yaml");
        }

        if (options is { Mode: HostMode.Convert, ConfigPath: null })
        {
            faults.Add("--mode convert: there is no configuration; give --config-path");
        }

        return options;
    }

    private LogOptions ReadLog(List<string> faults)
    {
        if (!LogLevelNames.TryParse(Text("log-level"), out var level))
        {
            faults.Add($"invalid log level specified '{Text("log-level")}'; levels are {LogLevelNames.All}");
        }

        return new LogOptions
        {
            Level = level,
            Components = ReadComponents(faults),
            Format = Text("log-format"),
            Escape = IsGiven("log-format-escaped"),
            Path = Text("log-path") is { Length: > 0 } path ? path : null,
        };
    }

    private List<KeyValuePair<string, LogLevel>> ReadComponents(List<string> faults)
    {
        var components = new List<KeyValuePair<string, LogLevel>>();
        foreach (var pair in Text("component-log-level").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = pair.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || !LogLevelNames.TryParse(pair[(colon + 1)..], out var level))
            {
                faults.Add($"component log level not correctly specified '{pair}'");
            }
            else if (!LogComponents.IsKnown(pair[..colon]))
            {
                faults.Add($"invalid component specified '{pair[..colon]}'");
            }
            else
            {
                components.Add(new(pair[..colon], level));
            }
        }

        return components;
    }

    private List<KeyValuePair<string, string>> ReadTags(List<string> faults)
    {
        var tags = new List<KeyValuePair<string, string>>();
        foreach (var text in result.GetValue((Option<string[]>)flag("stats-tag").Option) ?? [])
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || colon == text.Length - 1)
            {
                faults.Add($"misformatted stats-tag '{text}'");
                continue;
            }

            tags.Add(new(text[..colon], text[(colon + 1)..]));
        }

        return tags;
    }

    private T? Pick<T>(string name, List<string> faults, string complaint, params (string Text, T Value)[] choices)
    {
        foreach (var (text, value) in choices)
        {
            if (text == Text(name))
            {
                return value;
            }
        }

        faults.Add($"{complaint} '{Text(name)}'; it is one of {string.Join(", ", choices.Select(choice => choice.Text))}");
        return default;
    }

    private bool IsGiven(string name) => result.GetResult(flag(name).Option) is OptionResult { Implicit: false };

    private string Text(string name) => result.GetValue((Option<string>)flag(name).Option) ?? "";

    private uint Number(string name) => result.GetValue((Option<uint>)flag(name).Option);
}
