using Proxy.Clusters;
using Proxy.Http;
using Proxy.Streams;

namespace Proxy.Filters.Http.Router;

/// <summary>What a reset of the upstream means to the client and the log.</summary>
internal static class ResetReasons
{
    private static readonly Outcome[] Outcomes = Enum.GetValues<StreamResetReason>().Select(static reason => new Outcome(reason)).ToArray();

    /// <summary>The outcome of <paramref name="reason"/>.</summary>
    public static Outcome Of(StreamResetReason reason) => Outcomes[(int)reason];

    /// <summary>The reset that a pool without a connection amounts to.</summary>
    public static StreamResetReason Of(PoolFailure failure)
    {
        return failure switch
        {
            PoolFailure.Overflow => StreamResetReason.Overflow,
            PoolFailure.LocalConnectFailed => StreamResetReason.LocalConnectionFailure,
            PoolFailure.Timeout => StreamResetReason.ConnectionTimeout,
            _ => StreamResetReason.RemoteConnectionFailure,
        };
    }

    /// <summary>One outcome; texts are made once.</summary>
    internal sealed class Outcome
    {
        private readonly string _name;

        public Outcome(StreamResetReason reason)
        {
            var words = Words(reason);
            _name = words.Replace(' ', '_');
            Body = System.Text.Encoding.ASCII.GetBytes($"upstream connect error or disconnect/reset before headers. reset reason: {words}");
            DetailsBefore = $"upstream_reset_before_response_started{{{_name}}}";
            DetailsAfter = $"upstream_reset_after_response_started{{{_name}}}";
            Status = reason == StreamResetReason.ProtocolError ? 502 : 503;
            Flag = FlagOf(reason);
            IsOverload = reason == StreamResetReason.Overflow;
        }

        /// <summary>Body of the answer.</summary>
        public byte[] Body { get; }

        /// <summary>Details when nothing of the response had been sent.</summary>
        public string DetailsBefore { get; }

        /// <summary>Details when part of the response had been sent.</summary>
        public string DetailsAfter { get; }

        /// <summary>Status of the answer.</summary>
        public int Status { get; }

        public ResponseFlags Flag { get; }

        /// <summary>A limit of this proxy: the client is told so by <c>x-envoy-overloaded</c>.</summary>
        public bool IsOverload { get; }

        /// <summary>Details when nothing of the response had been sent, with what the transport says.</summary>
        public string DetailsWith(string transport)
        {
            return transport.Length == 0 ? DetailsBefore : $"upstream_reset_before_response_started{{{_name}|{transport.Replace(' ', '_')}}}";
        }

        private static string Words(StreamResetReason reason)
        {
            return reason switch
            {
                StreamResetReason.LocalReset => "local reset",
                StreamResetReason.LocalRefusedStreamReset => "local refused stream reset",
                StreamResetReason.RemoteReset => "remote reset",
                StreamResetReason.RemoteRefusedStreamReset => "remote refused stream reset",
                StreamResetReason.RemoteConnectionFailure => "remote connection failure",
                StreamResetReason.LocalConnectionFailure => "local connection failure",
                StreamResetReason.ConnectionTimeout => "connection timeout",
                StreamResetReason.ConnectionTermination => "connection termination",
                StreamResetReason.Overflow => "overflow",
                StreamResetReason.ConnectError => "remote error with CONNECT request",
                _ => "protocol error",
            };
        }

        private static ResponseFlags FlagOf(StreamResetReason reason)
        {
            return reason switch
            {
                StreamResetReason.LocalReset or StreamResetReason.LocalRefusedStreamReset => ResponseFlags.LocalReset,
                StreamResetReason.RemoteReset or StreamResetReason.RemoteRefusedStreamReset or StreamResetReason.ConnectError =>
                    ResponseFlags.UpstreamRemoteReset,
                StreamResetReason.RemoteConnectionFailure or StreamResetReason.LocalConnectionFailure or StreamResetReason.ConnectionTimeout =>
                    ResponseFlags.UpstreamConnectionFailure,
                StreamResetReason.ConnectionTermination => ResponseFlags.UpstreamConnectionTermination,
                StreamResetReason.Overflow => ResponseFlags.UpstreamOverflow,
                _ => ResponseFlags.UpstreamProtocolError,
            };
        }
    }
}
