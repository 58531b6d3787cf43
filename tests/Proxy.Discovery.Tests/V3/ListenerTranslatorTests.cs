using System.Net;
using System.Net.Sockets;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Listeners;
using Proxy.Configuration.Matching;
using Proxy.Connections;

namespace Proxy.Discovery.Tests.V3;

internal sealed class ListenerTranslatorTests
{
    private const string Echo = "{name: e, typed_config: {\"@type\": type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo}}";
    private const string Chain = $"filter_chains: [{{filters: [{Echo}]}}]\n";

    [Test]
    public void Translate_Plain_HasTheDefaultsOfTheRecord() => Loading.Listener(Chain).Should().Be(new ListenerConfig
    {
        Name = "l",
        Addresses = [AddressConfig.Of(IPAddress.Loopback, 80)],
        FilterChains = [new FilterChainConfig { Filters = [new FilterConfig("e", new EchoConfig())] }],
    });

    [Test]
    public void Translate_Settings_AreKept()
    {
        var listener = Loading.Listener(Chain +
            """
            additional_addresses: [{address: {pipe: {path: "@x"}}}]
            bind_to_port: false
            enable_reuse_port: false
            tcp_backlog_size: 5
            drain_type: MODIFY_ONLY
            traffic_direction: INBOUND
            connection_balance_config: {exact_balance: {}}
            listener_filters_timeout: 0s
            listener_filters:
            - name: pp
              typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol, disallowed_versions: [V1]}
            """);
        listener.Addresses[1].Should().Be(new PipeAddressConfig("@x"));
        (listener.BindToPort, listener.ReusePort, listener.ExactBalance, listener.DrainOnModifyOnly).Should().Be((false, false, true, true));
        (listener.Backlog, listener.Direction, listener.ListenerFiltersTimeout).Should().Be((5, TrafficDirection.Inbound, TimeSpan.Zero));
        listener.ListenerFilters[0].Config.Should().Be(new ProxyProtocolConfig { DisallowVersion1 = true });
    }

    [Test]
    public void Translate_SocketOptions_KeepTheirOrderMomentAndFamily()
    {
        var listener = Loading.Listener(Chain +
            """
            freebind: true
            tcp_fast_open_queue_length: 7
            enable_mptcp: true
            deprecated_v1: {bind_to_port: false}
            socket_options:
            - {level: 1, name: 8, int_value: 9, state: STATE_BOUND, ip_version: SOCKET_IP_VERSION_IPV6}
            - {level: 2, name: 3, buf_value: AQI=, type: {stream: {}}}
            - {level: 2, name: 4, int_value: 1, type: {datagram: {}}}
            """);

        listener.Socket.Options.Should().Equal(
        [
            .. SocketOption.FreeBind,
            SocketOption.FastOpen(7),
            SocketOption.OfNumber(1, 8, 9) with { State = SocketState.Bound, Family = AddressFamily.InterNetworkV6 },
            new SocketOption(2, 3, [1, 2]),
        ]);
        (listener.Multipath, listener.BindToPort).Should().Be((true, false));
    }

    [Test]
    public void Translate_Transparent_IsAnOptionOfTheSockets() =>
        Loading.Listener(Chain + "transparent: true").Socket.Options.Should().Equal(SocketOption.Transparent);

    [Test]
    public void Translate_OldFormOfProxyProtocol_AddsTheFilterBehindTheOthers()
    {
        var listener = Loading.Listener(
            $"filter_chains: [{{use_proxy_proto: true, filters: [{Echo}]}}]\n" +
            """
            listener_filters:
            - name: tls
              typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector}
            """);

        listener.ListenerFilters.Select(filter => filter.Config).Should().Equal(new TlsInspectorConfig(), new ProxyProtocolConfig());
    }

    [Test]
    public void Translate_DisabledFilter_KeepsThePredicate()
    {
        var filter = Loading.Listener(Chain +
            """
            listener_filters:
            - name: tls
              typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector}
              filter_disabled:
                or_match: {rules: [{and_match: {rules: [{any_match: true}, {any_match: true}]}}, {not_match: {destination_port_range: {start: 5, end: 9}}}]}
            """).ListenerFilters[0];

        filter.DisabledFor.Should().Be(new AnyConnectionPredicateConfig(
        [
            new AllConnectionPredicatesConfig([new EveryConnectionConfig(), new EveryConnectionConfig()]),
            new NotConnectionPredicateConfig(new DestinationPortsConfig(5, 9)),
        ]));
    }

    [Test]
    public void Translate_Match_MasksRangesAndLowersNames()
    {
        var match = Loading.Listener(
            $"filter_chains: [{{filters: [{Echo}], filter_chain_match: {{destination_port: 81, server_names: [A.test], prefix_ranges: [{{address_prefix: 10.1.2.3, prefix_len: 8}}], source_type: EXTERNAL}}}}]")
            .FilterChains[0].Match;
        match.DestinationPort.Should().Be(81);
        match.ServerNames.Should().Equal("a.test");
        match.DestinationPrefixes.Should().Equal(new CidrRange(IPAddress.Parse("10.0.0.0"), 8));
        match.SourceType.Should().Be(ConnectionSourceType.External);
    }

    [Test]
    public void Translate_Matcher_NamesChains_WhoseOwnMatchesMayBeEqual()
    {
        var listener = Loading.Listener(
            $"filter_chains: [{{name: a, filters: [{Echo}]}}, {{name: b, filters: [{Echo}]}}]\n" +
            """
            filter_chain_matcher:
              matcher_tree:
                input: {name: p, typed_config: {"@type": type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.TransportProtocolInput}}
                exact_match_map:
                  map: {tls: {action: {name: chain, typed_config: {"@type": type.googleapis.com/google.protobuf.StringValue, value: b}}}}
            """);
        listener.FilterChainMatcher.Should().Be(new MatcherConfig
        {
            Table = new ExactTableConfig(
                new MatchInputConfig(MatchInputKind.TransportProtocol),
                [KeyValuePair.Create("tls", new OnMatchConfig { Action = new FilterChainActionConfig("b") })]),
        });
    }

    [Test]
    public void Translate_MatcherWithAnotherAction_IsRefused() => Loading.Faults(Loading.ListenerText(Chain +
        """
        filter_chain_matcher: {on_no_match: {action: {name: a, typed_config: {"@type": type.googleapis.com/envoy.config.rbac.v3.Action, name: a}}}}
        """)).Should().ContainSingle().Which.Should().EndWith("filter_chain_matcher.on_no_match.action.typed_config: must be a google.protobuf.StringValue, the name of a filter chain");

    [TestCase("", "filter_chains: a listener needs a filter chain")]
    [TestCase($"filter_chains: [{{filters: [{Echo}]}}, {{filters: [{Echo}]}}]", "filter_chains[1].filter_chain_match: matches connections that filter_chains[0] matches too")]
    [TestCase($"filter_chains: [{{filters: [{Echo}], filter_chain_match: {{application_protocols: [a]}}}}, {{filters: [{Echo}], filter_chain_match: {{application_protocols: [b, a]}}}}]", "filter_chains[1].filter_chain_match: matches connections that filter_chains[0] matches too")]
    [TestCase($"filter_chains: [{{filters: [{Echo}], filter_chain_match: {{server_names: ['a.*']}}}}]", "filter_chains[0].filter_chain_match.server_names[0]: a wildcard must be the whole first label (*.example.com)")]
    [TestCase($"filter_chains: [{{filters: [{Echo}, {Echo}]}}]", "filter_chains[0].filters[0]: must be the last filter of its chain")]
    [TestCase(Chain + "socket_options: [{level: 5000000000, int_value: 1}]", "socket_options[0].level: does not fit an int of the system's interface")]
    [TestCase(Chain + "enable_mptcp: true\nadditional_addresses: [{address: {pipe: {path: '@x'}}}]", "enable_mptcp: is for IP addresses only")]
    [TestCase(Chain + "udp_listener_config: {}", "udp_listener_config: not supported yet")]
    public void Translate_WhatCannotWork_IsRefused(string settings, string fault) =>
        Loading.Faults(Loading.ListenerText(settings)).Should().ContainSingle().Which.Should().EndWith($"static_resources.listeners[0].{fault}");

    [TestCase("127.1")]
    [TestCase("010.0.0.1")]
    [TestCase("localhost")]
    [TestCase("127.0.0.1:80")]
    public void Translate_NoAddress_IsRefused(string host) => Loading.Faults(
        $"static_resources: {{listeners: [{{name: l, address: {{socket_address: {{address: '{host}', port_value: 80}}}}, {Chain.Trim()}}}]}}")
        .Should().ContainSingle().Which.Should().EndWith($"\"{host}\" is not an IP address");

    [Test]
    public void Translate_OneAddressUnderTwoNames_IsRefused()
    {
        const string address = "address: {socket_address: {address: 127.0.0.1, port_value: 80}}";
        Loading.Faults($"static_resources: {{listeners: [{{name: a, {address}, {Chain.Trim()}}}, {{name: b, {address}, {Chain.Trim()}}}]}}")
            .Should().ContainSingle().Which.Should().EndWith("static_resources.listeners[1].address: listener a has this address");
    }
}
