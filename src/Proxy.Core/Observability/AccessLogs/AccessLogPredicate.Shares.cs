using System.Buffers.Text;
using Proxy.Configuration;
using Proxy.Http;
using Proxy.Observability.Operators;

namespace Proxy.Observability.AccessLogs;

// Filters that pick by chance, by gRPC status or by the kind of the line.
internal abstract partial class AccessLogPredicate
{
    private const int UnknownGrpcStatus = 2;

    private sealed class TossPredicate(RuntimeLogFilter config) : AccessLogPredicate
    {
        public override bool Matches(in AccessLogEntry entry) => entry.Worker.Random.Next() % config.Denominator < config.Numerator;
    }

    // The first eight digits of the id are as good as a toss, and the same on every proxy that sees the request.
    private sealed class RequestIdPredicate(RuntimeLogFilter config) : AccessLogPredicate
    {
        private const int Digits = 8;

        public override bool Matches(in AccessLogEntry entry)
        {
            var isId = TryRead(entry.RequestHeaders, out var number);
            return (isId ? number : entry.Worker.Random.Next()) % config.Denominator < config.Numerator;
        }

        private static bool TryRead(HeaderMap? headers, out ulong number)
        {
            number = 0;
            return headers is not null && headers.TryGet(KnownHeader.XRequestId, out var id) && id.Length >= Digits
                && Utf8Parser.TryParse(id[..Digits], out number, out var used, 'x') && used == Digits;
        }
    }

    // Only tracing can force a request to be traced, and nothing is traced yet.
    private sealed class NeverPredicate : AccessLogPredicate
    {
        public override bool Matches(in AccessLogEntry entry) => false;
    }

    private sealed class GrpcStatusPredicate(GrpcStatusLogFilter config) : AccessLogPredicate
    {
        public override bool Matches(in AccessLogEntry entry)
        {
            var status = GrpcStatusOperator.TryReadAny(entry, out var found) ? found : UnknownGrpcStatus;
            return config.Statuses.Contains(status) != config.Exclude;
        }
    }

    private sealed class TypePredicate(LogTypeLogFilter config) : AccessLogPredicate
    {
        public override bool Matches(in AccessLogEntry entry) => config.Types.Contains(entry.Type) != config.Exclude;
    }
}
