using System.Globalization;
using Proxy.Configuration;
using Proxy.Expressions;
using Proxy.Hosting;
using Proxy.Matching;
using Proxy.Routing.Matching;
using Proxy.Streams;

namespace Proxy.Observability.AccessLogs;

/// <summary>A compiled access-log filter. Immutable; allocates nothing.</summary>
internal abstract partial class AccessLogPredicate
{
    public abstract bool Matches(in AccessLogEntry entry);

    /// <summary>Compiles <paramref name="config"/>, adding faults; values that the runtime may change are looked up there for each line.</summary>
    public static AccessLogPredicate Compile(AccessLogFilterConfig config, RuntimeSnapshot runtime, string path, FaultList faults) => config switch
    {
        StatusCodeLogFilter status => new StatusPredicate(status, runtime),
        DurationLogFilter duration => new DurationPredicate(duration, runtime),
        NotHealthCheckLogFilter => new NotHealthCheckPredicate(),
        ResponseFlagLogFilter flags => new FlagsPredicate(FlagsOf(flags, path, faults)),
        HeaderLogFilter header => new HeaderPredicate(HeaderMatcher.Compile(header.Header, $"{path}.header", faults)),
        AndLogFilter and => new AllPredicate([.. and.Filters.Select((filter, i) => Compile(filter, runtime, $"{path}.filters[{i}]", faults))]),
        OrLogFilter or => new AnyPredicate([.. or.Filters.Select((filter, i) => Compile(filter, runtime, $"{path}.filters[{i}]", faults))]),
        RuntimeLogFilter share => CompileShare(share, runtime, path, faults),
        TraceableLogFilter => new NeverPredicate(),
        GrpcStatusLogFilter grpc => new GrpcStatusPredicate(grpc),
        LogTypeLogFilter types => new TypePredicate(types),
        MetadataLogFilter metadata => new MetadataPredicate(
            metadata.Matcher is { } matcher ? MetadataMatcher.Compile(matcher, $"{path}.metadata_filter.matcher", faults) : null, metadata.MatchIfMissing),
        ExpressionLogFilter expression => new ExpressionPredicate(CelProgram.Compile(expression.Expression, $"{path}.extension_filter.typed_config.expression", faults)),
        _ => throw new ConfigException(path, $"unknown access-log filter {config.GetType().Name}"),
    };

    private static ResponseFlags FlagsOf(ResponseFlagLogFilter config, string path, FaultList faults)
    {
        var flags = ResponseFlags.None;
        for (var i = 0; i < config.Flags.Count; i++)
        {
            if (ResponseFlagNames.TryParse(config.Flags[i], out var flag))
            {
                flags |= flag;
            }
            else
            {
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"{path}.flags[{i}]"), $"unknown response flag '{config.Flags[i]}'");
            }
        }

        return flags;
    }

    private static long BoundOf(uint value, string key, RuntimeSnapshot runtime) => key.Length == 0 ? value : runtime.GetInteger(key, value);

    private static bool Compare(ComparisonOperator comparison, long value, long bound) => comparison switch
    {
        ComparisonOperator.Equal => value == bound,
        ComparisonOperator.GreaterOrEqual => value >= bound,
        ComparisonOperator.LessOrEqual => value <= bound,
        _ => value != bound,
    };

    private sealed class StatusPredicate(StatusCodeLogFilter config, RuntimeSnapshot runtime) : AccessLogPredicate
    {
        public override bool Matches(in AccessLogEntry entry) => Compare(config.Operator, entry.Info.ResponseCode, BoundOf(config.Value, config.RuntimeKey, runtime));
    }

    private sealed class DurationPredicate(DurationLogFilter config, RuntimeSnapshot runtime) : AccessLogPredicate
    {
        public override bool Matches(in AccessLogEntry entry)
        {
            var info = entry.Info;
            return info.EndMicroseconds != 0
                && Compare(config.Operator, (info.EndMicroseconds - info.StartMicroseconds) / 1000, BoundOf(config.Value, config.RuntimeKey, runtime));
        }
    }

    private sealed class NotHealthCheckPredicate : AccessLogPredicate
    {
        public override bool Matches(in AccessLogEntry entry) => !entry.Info.IsHealthCheck;
    }

    private sealed class FlagsPredicate(ResponseFlags flags) : AccessLogPredicate
    {
        public override bool Matches(in AccessLogEntry entry)
        {
            return flags == ResponseFlags.None ? entry.Info.Flags != ResponseFlags.None : (entry.Info.Flags & flags) != 0;
        }
    }

    private sealed class HeaderPredicate(HeaderMatcher matcher) : AccessLogPredicate
    {
        public override bool Matches(in AccessLogEntry entry) => entry.RequestHeaders is { } headers && matcher.Matches(headers);
    }

    private sealed class MetadataPredicate(MetadataMatcher? matcher, bool matchIfMissing) : AccessLogPredicate
    {
        public override bool Matches(in AccessLogEntry entry) => matcher?.CompareDynamic(entry.Info) ?? matchIfMissing;
    }

    private sealed class ExpressionPredicate(CelProgram program) : AccessLogPredicate
    {
        public override bool Matches(in AccessLogEntry entry) => program.IsTrue(entry);
    }

    private sealed class AllPredicate(AccessLogPredicate[] parts) : AccessLogPredicate
    {
        public override bool Matches(in AccessLogEntry entry)
        {
            foreach (var part in parts)
            {
                if (!part.Matches(entry))
                {
                    return false;
                }
            }

            return true;
        }
    }

    private sealed class AnyPredicate(AccessLogPredicate[] parts) : AccessLogPredicate
    {
        public override bool Matches(in AccessLogEntry entry)
        {
            foreach (var part in parts)
            {
                if (part.Matches(entry))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
