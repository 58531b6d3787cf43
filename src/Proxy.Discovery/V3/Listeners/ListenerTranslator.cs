using System.Globalization;
using Envoy.Config.Listener.V3;
using Google.Protobuf.WellKnownTypes;
using Proxy.Configuration;
using Proxy.Configuration.Listeners;
using Proxy.Connections;
using Proxy.Discovery.V3.AccessLogs;
using Proxy.Discovery.V3.Common;
using Proxy.Discovery.V3.Matching;

namespace Proxy.Discovery.V3.Listeners;

/// <summary>Translates listeners.</summary>
internal static class ListenerTranslator
{
    // There is no limit for the connections of all listeners together that one could be left out of.
    public const string Supported =
        """
        envoy.config.listener.v3.Listener: name address additional_addresses stat_prefix filter_chains default_filter_chain filter_chain_matcher per_connection_buffer_limit_bytes drain_type listener_filters listener_filters_timeout continue_on_listener_filters_timeout traffic_direction connection_balance_config enable_reuse_port access_log tcp_backlog_size max_connections_to_accept_per_socket_event bind_to_port tcp_keepalive metadata use_original_dst=false transparent freebind socket_options tcp_fast_open_queue_length enable_mptcp deprecated_v1 ignore_global_conn_limit
        envoy.config.listener.v3.Listener.DeprecatedV1: *
        envoy.config.listener.v3.AdditionalAddress: address
        envoy.config.listener.v3.Listener.ConnectionBalanceConfig: exact_balance
        envoy.config.listener.v3.FilterChain: name filter_chain_match filters transport_socket transport_socket_connect_timeout metadata use_proxy_proto
        envoy.config.listener.v3.FilterChainMatch: destination_port prefix_ranges direct_source_prefix_ranges source_type source_prefix_ranges source_ports server_names transport_protocol application_protocols
        envoy.config.listener.v3.Filter: name typed_config config_discovery
        """;

    public static ListenerConfig? Translate(Listener listener, Place place, TranslationContext context)
    {
        var addresses = Addresses(listener, place, context);
        var chains = FilterChains(listener, place, context);
        var isUdp = listener.Address?.SocketAddress?.Protocol == Envoy.Config.Core.V3.SocketAddress.Types.Protocol.Udp;
        if (listener.FilterChains.Count == 0 && listener.DefaultFilterChain is null && !isUdp)
        {
            context.Fault(place.Field("filter_chains"), "a listener needs a filter chain");
        }

        if (listener.EnableMptcp && addresses.Exists(static a => a is PipeAddressConfig))
        {
            context.Fault(place.Field("enable_mptcp"), "is for IP addresses only");
        }

        if (addresses.Count == 0)
        {
            return null;
        }

        return new ListenerConfig
        {
            Name = NameOf(listener, addresses[0]),
            Addresses = addresses.ToConfigList(),
            FilterChains = chains,
            DefaultFilterChain = listener.DefaultFilterChain is { } chain
                ? FilterChainTranslator.Translate(chain, place.Field("default_filter_chain"), context)
                : null,
            FilterChainMatcher = listener.FilterChainMatcher is { } matcher
                ? new MatcherTreeTranslator((action, at) => ChainName(action, at, context), context).Translate(matcher, place.Field("filter_chain_matcher"))
                : null,
            ListenerFilters = ListenerFiltersTranslator.Translate(listener, place.Field("listener_filters"), context),
            ListenerFiltersTimeout = listener.ListenerFiltersTimeout.Or(TimeSpan.FromSeconds(15)),
            ContinueOnListenerFiltersTimeout = listener.ContinueOnListenerFiltersTimeout,
            BindToPort = (listener.BindToPort ?? true) && (listener.DeprecatedV1?.BindToPort ?? true),
            ReusePort = listener.EnableReusePort ?? true,
            ExactBalance = listener.ConnectionBalanceConfig?.ExactBalance is not null,
            Backlog = listener.TcpBacklogSize.ToIntOrNull() ?? 4096,
            AcceptsPerEvent = listener.MaxConnectionsToAcceptPerSocketEvent.ToIntOrNull(),
            BufferLimit = listener.PerConnectionBufferLimitBytes.ToIntOrNull() ?? 1024 * 1024,
            StatPrefix = listener.StatPrefix,
            DrainOnModifyOnly = listener.DrainType == Listener.Types.DrainType.ModifyOnly,
            Multipath = listener.EnableMptcp,
            Socket = Socket(listener, place, context),
            AccessLogs = AccessLogTranslator.Translate(listener.AccessLog, place.Field("access_log"), context),
            Direction = (TrafficDirection)listener.TrafficDirection,
            Metadata = MetadataTranslator.Translate(listener.Metadata),
        };
    }

    private static SocketSettings Socket(Listener listener, Place place, TranslationContext context) => SocketTranslator.Translate(listener.TcpKeepalive)
        .With(listener.Transparent == true ? SocketOption.Transparent : [])
        .With(listener.Freebind == true ? SocketOption.FreeBind : [])
        .With(listener.TcpFastOpenQueueLength is { } queue ? [SocketOption.FastOpen((int)Math.Min(queue, int.MaxValue))] : [])
        .With(SocketTranslator.Options(listener.SocketOptions, place.Field("socket_options"), context));

    private static List<AddressConfig> Addresses(Listener listener, Place place, TranslationContext context)
    {
        var addresses = new List<AddressConfig>();
        Add(AddressTranslator.ToLiteral(listener.Address, place.Field("address"), context));
        for (var i = 0; i < listener.AdditionalAddresses.Count; i++)
        {
            var at = place.Field("additional_addresses").Item(i).Field("address");
            Add(AddressTranslator.ToLiteral(listener.AdditionalAddresses[i].Address, at, context));
        }

        return addresses;

        void Add(AddressConfig? address)
        {
            if (address is not null)
            {
                addresses.Add(address);
            }
        }
    }

    // A listener may go without a name, a record may not.
    private static string NameOf(Listener listener, AddressConfig address) => listener.Name.Length > 0
        ? listener.Name
        : address switch
        {
            SocketAddressConfig socket => string.Create(CultureInfo.InvariantCulture, $"{new System.Net.IPEndPoint(socket.Address, socket.Port)}"),
            PipeAddressConfig pipe => pipe.Path,
            _ => "listener",
        };

    private static ConfigList<FilterChainConfig> FilterChains(Listener listener, Place place, TranslationContext context)
    {
        var chains = new List<FilterChainConfig>();
        var index = new FilterChainIndex();
        for (var i = 0; i < listener.FilterChains.Count; i++)
        {
            var at = place.Field("filter_chains").Item(i);
            var chain = FilterChainTranslator.Translate(listener.FilterChains[i], at, context);
            var twin = listener.FilterChainMatcher is null ? index.Add(chain.Match, i) : -1;
            if (twin >= 0)
            {
                context.Fault(at.Field("filter_chain_match"), twin == i ? "names a value twice" : $"matches connections that filter_chains[{twin}] matches too");
            }

            chains.Add(chain);
        }

        return chains.ToConfigList();
    }

    private static FilterChainActionConfig? ChainName(Any action, Place place, TranslationContext context)
    {
        if (action.Is(StringValue.Descriptor))
        {
            return new FilterChainActionConfig(StringValue.Parser.Read(action.Value).Value);
        }

        context.Fault(place, "must be a google.protobuf.StringValue, the name of a filter chain");
        return null;
    }
}
