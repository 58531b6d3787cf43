using System.Net;
using Proxy.Http;

namespace Proxy.Observability.Operators;

internal static partial class FormatCommands
{
    private static void AddNumbers(Dictionary<string, Command> table)
    {
        Number("RESPONSE_CODE", static (in AccessLogEntry e, out long v) => Always(v = e.Info.ResponseCode));
        Number("BYTES_RECEIVED", static (in AccessLogEntry e, out long v) => Always(v = e.Info.BytesReceived));
        Number("BYTES_SENT", static (in AccessLogEntry e, out long v) => Always(v = e.Info.BytesSent));
        Number("BYTES_RETRANSMITTED", static (in AccessLogEntry e, out long v) => Always(v = 0));
        Number("PACKETS_RETRANSMITTED", static (in AccessLogEntry e, out long v) => Always(v = 0));
        Number("REQUEST_HEADERS_BYTES", static (in AccessLogEntry e, out long v) => Always(v = e.RequestHeaders?.ByteSize ?? 0));
        Number("RESPONSE_HEADERS_BYTES", static (in AccessLogEntry e, out long v) => Always(v = e.ResponseHeaders?.ByteSize ?? 0));
        Number("RESPONSE_TRAILERS_BYTES", static (in AccessLogEntry e, out long v) => Always(v = e.ResponseTrailers?.ByteSize ?? 0));
        Number("UPSTREAM_WIRE_BYTES_SENT", static (in AccessLogEntry e, out long v) => Always(v = e.Info.UpstreamWireSent));
        Number("UPSTREAM_WIRE_BYTES_RECEIVED", static (in AccessLogEntry e, out long v) => Always(v = e.Info.UpstreamWireReceived));
        Number("UPSTREAM_HEADER_BYTES_SENT", static (in AccessLogEntry e, out long v) => Always(v = e.Info.UpstreamHeaderSent));
        Number("UPSTREAM_HEADER_BYTES_RECEIVED", static (in AccessLogEntry e, out long v) => Always(v = e.Info.UpstreamHeaderReceived));
        Number("DOWNSTREAM_WIRE_BYTES_SENT", static (in AccessLogEntry e, out long v) => Always(v = e.Info.DownstreamWireSent));
        Number("DOWNSTREAM_WIRE_BYTES_RECEIVED", static (in AccessLogEntry e, out long v) => Always(v = e.Info.DownstreamWireReceived));
        Number("DOWNSTREAM_HEADER_BYTES_SENT", static (in AccessLogEntry e, out long v) => Always(v = e.Info.DownstreamHeaderSent));
        Number("DOWNSTREAM_HEADER_BYTES_RECEIVED", static (in AccessLogEntry e, out long v) => Always(v = e.Info.DownstreamHeaderReceived));
        Number("UPSTREAM_REQUEST_ATTEMPT_COUNT", static (in AccessLogEntry e, out long v) => Always(v = e.Info.AttemptCount));
        Number("UPSTREAM_CONNECTION_ID", static (in AccessLogEntry e, out long v) => Always(v = e.Info.UpstreamConnectionId));
        Number("CONNECTION_ID", static (in AccessLogEntry e, out long v) => Always(v = e.Info.ConnectionId));

        void Number(string name, NumberFunction function)
        {
            table.Add(name, new Command((_, _) => new NumberOperator(function), Takes.Nothing));
        }
    }

    private static void AddTexts(Dictionary<string, Command> table)
    {
        Text("PROTOCOL", static (in AccessLogEntry e, FormatWriter w) => WriteProtocol(e.Info.Protocol, w));
        Text("UPSTREAM_PROTOCOL", static (in AccessLogEntry e, FormatWriter w) => WriteProtocol(e.Info.UpstreamProtocol, w));
        Text("RESPONSE_FLAGS", static (in AccessLogEntry e, FormatWriter w) => WriteFlags(e, longNames: false, w));
        Text("RESPONSE_FLAGS_LONG", static (in AccessLogEntry e, FormatWriter w) => WriteFlags(e, longNames: true, w));
        Text("UPSTREAM_CLUSTER", static (in AccessLogEntry e, FormatWriter w) => WriteText(e.Info.UpstreamCluster, w));
        Text("UPSTREAM_CLUSTER_RAW", static (in AccessLogEntry e, FormatWriter w) => WriteText(e.Info.UpstreamClusterRaw, w));
        Text("UPSTREAM_HOSTS_ATTEMPTED", static (in AccessLogEntry e, FormatWriter w) => AttemptOperators.WriteHosts(e.Info, w, withPort: true));
        Text("UPSTREAM_HOSTS_ATTEMPTED_WITHOUT_PORT", static (in AccessLogEntry e, FormatWriter w) => AttemptOperators.WriteHosts(e.Info, w, withPort: false));
        Text("UPSTREAM_HOST_NAMES_ATTEMPTED", static (in AccessLogEntry e, FormatWriter w) => AttemptOperators.WriteNames(e.Info, w, withPort: true));
        Text("UPSTREAM_HOST_NAMES_ATTEMPTED_WITHOUT_PORT", static (in AccessLogEntry e, FormatWriter w) => AttemptOperators.WriteNames(e.Info, w, withPort: false));
        Text("UPSTREAM_CONNECTION_IDS_ATTEMPTED", static (in AccessLogEntry e, FormatWriter w) => AttemptOperators.WriteConnections(e.Info, w));
        Text("UPSTREAM_TRANSPORT_FAILURE_REASON", static (in AccessLogEntry e, FormatWriter w) => WriteWithoutBlanks(e.Info.UpstreamTransportFailure, w));
        Text("CONNECTION_TERMINATION_DETAILS", static (in AccessLogEntry e, FormatWriter w) => WriteText(e.Info.ConnectionTerminationDetails, w));
        Text("ROUTE_NAME", static (in AccessLogEntry e, FormatWriter w) => WriteText(e.Info.RouteName, w));
        Text("VIRTUAL_CLUSTER_NAME", static (in AccessLogEntry e, FormatWriter w) => WriteText(e.Info.VirtualClusterName, w));
        table.Add("REQUESTED_SERVER_NAME", new Command(static (command, _) => ServerNameOperator.TryCreate(command.Argument), Takes.Optional, TakesLength: true));
        Text("UPSTREAM_SERVER_NAME", static (in AccessLogEntry e, FormatWriter w) => WriteText(e.Info.UpstreamConnection?.Info.ServerName, w));
        Text("FILTER_CHAIN_NAME", static (in AccessLogEntry e, FormatWriter w) => WriteText(e.Info.Downstream?.FilterChainName, w));
        Text("DOWNSTREAM_TRANSPORT_FAILURE_REASON", static (in AccessLogEntry e, FormatWriter w) => WriteText(e.Info.Downstream?.TransportFailureReason, w));
        Text("ACCESS_LOG_TYPE", static (in AccessLogEntry e, FormatWriter w) => WriteText(LogTypes[(int)e.Type], w));
        Text("DOWNSTREAM_DETECTED_CLOSE_TYPE", static (in AccessLogEntry e, FormatWriter w) => CloseOperators.WriteType(e.Info.DownstreamConnection, w));
        Text("DOWNSTREAM_LOCAL_CLOSE_REASON", static (in AccessLogEntry e, FormatWriter w) => CloseOperators.WriteLocalReason(e.Info.DownstreamConnection, w));
        Text(
            "UPSTREAM_DETECTED_CLOSE_TYPE",
            static (in AccessLogEntry e, FormatWriter w) => e.Info.UpstreamRemote is not null && CloseOperators.WriteType(e.Info.UpstreamConnection, w));
        Text("UPSTREAM_LOCAL_CLOSE_REASON", static (in AccessLogEntry e, FormatWriter w) => CloseOperators.WriteLocalReason(e.Info.UpstreamConnection, w));
        Text("STREAM_ID", static (in AccessLogEntry e, FormatWriter w) => WriteRequestId(e, w));
        Text("UNIQUE_ID", static (in AccessLogEntry e, FormatWriter w) => WriteUniqueId(e, w));
        Text("CUSTOM_FLAGS", static (in AccessLogEntry e, FormatWriter w) => true);
        Text("DOWNSTREAM_LOCAL_ADDRESS_ENDPOINT_ID", static (in AccessLogEntry e, FormatWriter w) => true);
        Text("DOWNSTREAM_DIRECT_LOCAL_ADDRESS_ENDPOINT_ID", static (in AccessLogEntry e, FormatWriter w) => true);
        Text("UPSTREAM_REMOTE_ADDRESS_ENDPOINT_ID", static (in AccessLogEntry e, FormatWriter w) => e.Info.UpstreamRemote is not null);
        Text("LOCAL_REPLY_BODY", static (in AccessLogEntry e, FormatWriter w) => WriteBytes(e.LocalReplyBody, w));
        foreach (var name in (string[])["TRACE_ID", "SPAN_ID"])
        {
            table.Add(name, new Command(static (_, _) => Never(), Takes.Nothing));
        }

        table.Add("HOSTNAME", new Command(static (_, environment) => new ConstantOperator(environment.Hostname.Length == 0 ? "-" : environment.Hostname), Takes.Nothing));
        table.Add("RESPONSE_CODE_DETAILS", new Command(Details, Takes.Optional));

        void Text(string name, FormatFunction function)
        {
            table.Add(name, new Command((_, _) => new TextOperator(function), Takes.Nothing));
        }
    }

    private static readonly string[] LogTypes = Enum.GetNames<AccessLogType>();

    private static TextOperator Details(FormatCommand command, FormatEnvironment environment)
    {
        return command.Argument == "ALLOW_WHITESPACES"
            ? new TextOperator(static (in AccessLogEntry e, FormatWriter w) => WriteText(e.Info.ResponseCodeDetails, w))
            : new TextOperator(static (in AccessLogEntry e, FormatWriter w) => WriteWithoutBlanks(e.Info.ResponseCodeDetails, w));
    }

    private static void AddAddresses(Dictionary<string, Command> table)
    {
        Address("UPSTREAM_LOCAL", "_ADDRESS", static (in AccessLogEntry e) => e.Info.UpstreamLocal);
        Address("UPSTREAM_REMOTE", "_ADDRESS", static (in AccessLogEntry e) => e.Info.UpstreamLocal is null ? null : e.Info.UpstreamRemote);
        Address("DOWNSTREAM_REMOTE", "_ADDRESS", static (in AccessLogEntry e) => e.Info.Remote);
        Address("DOWNSTREAM_LOCAL", "_ADDRESS", static (in AccessLogEntry e) => e.Info.Downstream?.LocalEndPoint);
        Address("DOWNSTREAM_DIRECT_REMOTE", "_ADDRESS", static (in AccessLogEntry e) => e.Info.Downstream?.DirectRemoteEndPoint);
        Address("DOWNSTREAM_DIRECT_LOCAL", "_ADDRESS", static (in AccessLogEntry e) => e.Info.Downstream?.DirectLocalEndPoint);
        table.Add("UPSTREAM_HOST", new Command(static (_, _) => new AddressOperator(static (in AccessLogEntry e) => e.Info.UpstreamRemote, AddressPart.Whole), Takes.Nothing));
        table.Add("UPSTREAM_HOST_NAME", new Command(static (_, _) => HostName(withPort: true), Takes.Nothing));
        table.Add("UPSTREAM_HOST_NAME_WITHOUT_PORT", new Command(static (_, _) => HostName(withPort: false), Takes.Nothing));

        void Address(string side, string suffix, AddressFunction function)
        {
            table.Add(side + suffix, new Command((_, _) => new AddressOperator(function, AddressPart.Whole), Takes.Nothing));
            table.Add(side + "_PORT", new Command((_, _) => new AddressOperator(function, AddressPart.Port), Takes.Nothing));
            table.Add(
                side + suffix + "_WITHOUT_PORT",
                new Command((command, _) => new AddressOperator(function, AddressPart.WithoutPort, PrefixLength(command.Argument)), Takes.Optional));
        }
    }

    private static TextOperator HostName(bool withPort)
    {
        return new TextOperator((in AccessLogEntry e, FormatWriter w) =>
        {
            if (e.Info.UpstreamRemote is null)
            {
                return false;
            }

            if (e.Info.UpstreamHostname.Length > 0)
            {
                return WriteText(e.Info.UpstreamHostname, w);
            }

            if (e.Info.UpstreamRemote is IPEndPoint ip)
            {
                AddressOperator.Write(ip, withPort, w);
                return true;
            }

            return WriteText(e.Info.UpstreamRemote.ToString(), w);
        });
    }

    private static bool Always(long value) => value >= long.MinValue;

    private static bool WriteText(string? text, FormatWriter writer)
    {
        writer.Write(text);
        return !string.IsNullOrEmpty(text);
    }

    private static bool WriteBytes(ReadOnlySpan<byte> bytes, FormatWriter writer)
    {
        writer.Write(bytes);
        return true;
    }

    // Blanks would tear a line apart that is split at them.
    private static bool WriteWithoutBlanks(string text, FormatWriter writer)
    {
        foreach (var c in text)
        {
            writer.Write(char.IsWhiteSpace(c) ? (byte)'_' : (byte)c);
        }

        return text.Length > 0;
    }

    private static bool WriteFlags(in AccessLogEntry entry, bool longNames, FormatWriter writer)
    {
        ResponseFlagNames.Write(entry.Info.Flags, longNames, writer);
        return true;
    }

    private static bool WriteProtocol(HttpProtocol? protocol, FormatWriter writer)
    {
        writer.Write(protocol switch
        {
            HttpProtocol.Http10 => "HTTP/1.0"u8,
            HttpProtocol.Http11 => "HTTP/1.1"u8,
            HttpProtocol.Http2 => "HTTP/2"u8,
            HttpProtocol.Http3 => "HTTP/3"u8,
            _ => default,
        });
        return protocol is not null;
    }

    private static bool WriteRequestId(in AccessLogEntry entry, FormatWriter writer)
    {
        if (entry.RequestHeaders is null || !entry.RequestHeaders.TryGet(KnownHeader.XRequestId, out var id))
        {
            return WriteUniqueId(entry, writer);
        }

        writer.Write(id);
        return true;
    }

    private static bool WriteUniqueId(in AccessLogEntry entry, FormatWriter writer)
    {
        Span<byte> bytes = stackalloc byte[16];
        entry.Worker.Random.Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40); // version 4
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        writer.WriteFormattable(new Guid(bytes, bigEndian: true));
        return true;
    }
}
