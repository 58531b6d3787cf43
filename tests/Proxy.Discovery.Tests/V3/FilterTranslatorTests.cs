using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Configuration.Matching;
using Proxy.Configuration.Tls;
using Proxy.Observability;

namespace Proxy.Discovery.Tests.V3;

internal sealed class FilterTranslatorTests
{
    [Test]
    public void Manager_Plain_HasTheDefaultsOfTheRecord() => Loading.Manager("route_config: {}").Should().Be(new HttpConnectionManagerConfig
    {
        StatPrefix = "s",
        Filters = [new FilterConfig("router", new RouterConfig())],
    });

    [Test]
    public void Manager_Settings_AreKept()
    {
        var manager = Loading.Manager(
            """
            route_config: {name: r, ignore_port_in_host_matching: true}
            codec_type: HTTP1
            server_name: me
            server_header_transformation: PASS_THROUGH
            use_remote_address: true
            xff_num_trusted_hops: 2
            add_proxy_protocol_connection_state: false
            generate_request_id: false
            stream_idle_timeout: 0s
            request_timeout: 5s
            common_http_protocol_options: {idle_timeout: 9s, max_headers_count: 50, headers_with_underscores_action: DROP_HEADER}
            http_protocol_options: {accept_http_10: true}
            normalize_path: true
            path_with_escaped_slashes_action: UNESCAPE_AND_FORWARD
            upgrade_configs: [{upgrade_type: websocket}]
            local_reply_config: {body_format: {json_format: {s: "%RESPONSE_CODE%"}, content_type: application/problem+json}}
            internal_address_config: {cidr_ranges: [{address_prefix: 10.0.0.0, prefix_len: 8}]}
            """);
        (manager.CodecType, manager.ServerName, manager.ServerHeader).Should().Be((CodecType.Http1, "me", ServerHeaderTransformation.PassThrough));
        (manager.UseRemoteAddress, manager.TrustedHops, manager.GenerateRequestId, manager.TellUpstreamsOfClient).Should().Be((true, 2, false, false));
        (manager.StreamIdleTimeout, manager.RequestTimeout, manager.IdleTimeout).Should().Be((null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(9)));
        (manager.MaxHeadersCount, manager.HeadersWithUnderscores, manager.Http1.AcceptHttp10).Should().Be((50, UnderscoresAction.DropHeader, true));
        (manager.NormalizePath, manager.EscapedSlashes).Should().Be((true, EscapedSlashesAction.UnescapeAndForward));
        manager.Routes.IgnorePortInHostMatching.Should().BeTrue();
        manager.Upgrades.Should().Equal(new UpgradeConfig("websocket"));
        manager.InternalRanges.Should().ContainSingle().Which.PrefixLength.Should().Be(8);
        manager.LocalReplyFormat!.ContentType.Should().Be("application/problem+json");
        manager.LocalReplyFormat.Format.Json.Should().Be(new JsonFormatObject([KeyValuePair.Create<string, JsonFormatNode>("s", new JsonFormatText("%RESPONSE_CODE%"))]));
    }

    [TestCase("codec_type: HTTP3", "codec_type: HTTP3 is not supported yet; AUTO and HTTP1 and HTTP2 are")]
    [TestCase("tracing: {}", "tracing: not supported yet")]
    [TestCase("upgrade_configs: [{upgrade_type: a}, {upgrade_type: A}]", "upgrade_configs[1].upgrade_type: A stands here twice")]
    [TestCase("internal_address_config: {cidr_ranges: [{address_prefix: 10.0.0, prefix_len: 8}]}", "internal_address_config.cidr_ranges[0].address_prefix: \"10.0.0\" is not an IP address")]
    [TestCase("strip_matching_host_port: true\nstrip_any_host_port: true", "strip_any_host_port: only one of strip_matching_host_port and strip_any_host_port may be set")]
    public void Manager_WhatCannotWork_IsRefused(string settings, string fault) =>
        Loading.Faults(Loading.ManagerText("route_config: {}\n" + settings)).Should().ContainSingle().Which
            .Should().EndWith($"filters[0].typed_config.{fault}");

    [Test]
    public void Manager_AddressesSchemesAndSpelling_AreKept()
    {
        var manager = Loading.Manager(
            """
            route_config: {}
            append_x_forwarded_port: true
            forward_proto_config: {https_destination_ports: [443], http_destination_ports: [80]}
            scheme_header_transformation: {scheme_to_overwrite: https}
            stream_flush_timeout: 5s
            append_local_overload: true
            add_proxy_protocol_connection_state: true
            http1_safe_max_connection_duration: true
            original_ip_detection_extensions:
            - {name: a, typed_config: {"@type": TYPE.http.original_ip_detection.xff.v3.XffConfig, xff_trusted_cidrs: {cidrs: [{address_prefix: 10.0.0.0, prefix_len: 8}]}, skip_xff_append: false}}
            - {name: b, typed_config: {"@type": TYPE.http.original_ip_detection.xff.v3.XffConfig, xff_num_trusted_hops: 2}}
            - {name: c, typed_config: {"@type": TYPE.http.original_ip_detection.custom_header.v3.CustomHeaderConfig, header_name: x-c, allow_extension_to_set_address_as_trusted: true, reject_with_status: {code: Unauthorized}}}
            early_header_mutation_extensions:
            - {name: a, typed_config: {"@type": TYPE.http.early_header_mutation.header_mutation.v3.HeaderMutation, mutations: [{remove: a}]}}
            - {name: b, typed_config: {"@type": TYPE.http.early_header_mutation.header_mutation.v3.HeaderMutation, mutations: [{remove: b}]}}
            request_id_extension: {typed_config: {"@type": TYPE.request_id.uuid.v3.UuidRequestIdConfig, pack_trace_reason: false, use_request_id_for_trace_sampling: false}}
            http_protocol_options:
              header_key_format: {stateful_formatter: {name: f, typed_config: {"@type": TYPE.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig, forward_reason_phrase: true, formatter_type_on_envoy_headers: PROPER_CASE}}}
              ignore_http_11_upgrade: [{prefix: tls/}]
            """.Replace("TYPE", "type.googleapis.com/envoy.extensions", StringComparison.Ordinal));
        (manager.AppendForwardedPort, manager.SchemeOverride, manager.SafeMaxConnectionDuration, manager.PackTraceReason).Should().Be((true, "https", true, false));
        (manager.HttpsPorts.Single(), manager.HttpPorts.Single()).Should().Be((443, 80));
        manager.OriginalAddresses.Should().Equal(
            new ForwardedForConfig { TrustedProxies = [new CidrRange(System.Net.IPAddress.Parse("10.0.0.0"), 8)], SkipAppend = false },
            new ForwardedForConfig { TrustedHops = 2 },
            new HeaderAddressConfig("x-c") { IsTrusted = true, RejectStatus = 401 });
        manager.EarlyMutations.Should().Equal(new RemoveHeaderMutation("a"), new RemoveHeaderMutation("b"));
        manager.Http1.Spelling.Should().Be(new HeaderSpellingConfig(HeaderSpelling.Preserved) { ForwardReason = true, ProperCaseForOwn = true });
        manager.Http1.IgnoredUpgrades.Should().Equal(new StringMatcherConfig(StringMatchKind.Prefix, "tls/"));
        Loading.Manager("route_config: {}\nscheme_header_transformation: {match_upstream: true}\nhttp_protocol_options: {header_key_format: {proper_case_words: {}}}")
            .Should().Match<HttpConnectionManagerConfig>(m => m.SchemeMatchesUpstream && m.Http1.Spelling.Spelling == HeaderSpelling.ProperCase && m.PackTraceReason);
    }

    [TestCase("{}", "")]
    [TestCase("{remove_details: true, set_recommended_response_code: true, use_node_id: false}", "details status node")]
    [TestCase("{remove_connection_termination_details: true, remove_response_flags: true, literal_proxy_name: p}", "termination flags p")]
    public void Manager_ProxyStatus_IsKept(string settings, string expected)
    {
        var status = Loading.Manager("route_config: {}\nproxy_status_config: " + settings).ProxyStatus;

        var words = expected.Split(' ');
        status.Should().Be(new ProxyStatusConfig
        {
            RemoveDetails = words.Contains("details"),
            RemoveConnectionTerminationDetails = words.Contains("termination"),
            RemoveResponseFlags = words.Contains("flags"),
            SetRecommendedStatus = words.Contains("status"),
            UseNodeId = words.Contains("node"),
            Name = words.Contains("p") ? "p" : null,
        });
    }

    [TestCase("use_remote_address: true", "original_ip_detection_extensions: goes with neither use_remote_address nor xff_num_trusted_hops")]
    [TestCase("xff_num_trusted_hops: 1", "original_ip_detection_extensions: goes with neither use_remote_address nor xff_num_trusted_hops")]
    public void Manager_OriginalAddressesBesideHops_AreRefused(string settings, string fault)
    {
        const string extension = "original_ip_detection_extensions: [{name: a, typed_config: {\"@type\": type.googleapis.com/envoy.extensions.http.original_ip_detection.xff.v3.XffConfig}}]";
        Loading.Faults(Loading.ManagerText($"route_config: {{}}\n{extension}\n{settings}")).Should().ContainSingle().Which.Should().EndWith($"typed_config.{fault}");
    }

    [Test]
    public void LocalReplies_Mappers_AreKept()
    {
        var manager = Loading.Manager(
            """
            route_config: {}
            local_reply_config:
              mappers:
              - filter: {grpc_status_filter: {statuses: [NOT_FOUND], exclude: true}}
                status_code: 599
                body: {inline_string: b}
                body_format_override: {text_format_source: {inline_string: "%LOCAL_REPLY_BODY%"}, content_type: text/html}
                headers_to_add: [{header: {key: a, value: b}, append_action: ADD_IF_ABSENT}]
              - filter: {runtime_filter: {runtime_key: k, percent_sampled: {numerator: 5, denominator: MILLION}, use_independent_randomness: true}}
            access_log_options: {access_log_flush_interval: 3s, flush_access_log_on_new_request: true, flush_log_on_tunnel_successfully_established: true}
            """);
        manager.LocalReplyMappers.Should().Equal(
            new LocalReplyMapperConfig(new GrpcStatusLogFilter([5], Exclude: true))
            {
                Status = 599,
                Body = "b",
                Format = new LocalReplyFormatConfig(new LogFormatConfig { Text = "%LOCAL_REPLY_BODY%" }, "text/html"),
                Additions = [new HeaderAddition("a", "b") { Action = HeaderAppendAction.AddIfAbsent }],
            },
            new LocalReplyMapperConfig(new RuntimeLogFilter(5, 1_000_000, "k") { UseIndependentRandomness = true }));
        (manager.AccessLogFlushInterval, manager.LogOnNewRequest, manager.LogOnTunnelEstablished).Should().Be((TimeSpan.FromSeconds(3), true, true));
    }

    [Test]
    public void LogOptions_InTheirOldPlaces_AreKept()
    {
        var manager = Loading.Manager("route_config: {}\naccess_log_flush_interval: 3s\nflush_access_log_on_new_request: true");
        (manager.AccessLogFlushInterval, manager.LogOnNewRequest).Should().Be((TimeSpan.FromSeconds(3), true));
    }

    [TestCase("access_log_flush_interval: 3s")]
    [TestCase("flush_access_log_on_new_request: true")]
    public void LogOptions_InBothPlaces_AreRefused(string setting) =>
        Loading.Faults(Loading.ManagerText("route_config: {}\naccess_log_options: {}\n" + setting))
            .Should().ContainSingle().Which.Should().Contain(setting[..setting.IndexOf(':')]).And.Contain("only one may be set");

    [TestCase("", true)]
    [TestCase("\nadd_proxy_protocol_connection_state: false", false)]
    public void TellingUpstreamsOfTheClient_IsKept(string setting, bool expected) =>
        Loading.Manager("route_config: {}" + setting).TellUpstreamsOfClient.Should().Be(expected);

    [Test]
    public void FlushTimeouts_AreKept()
    {
        Loading.Manager("route_config: {}\nstream_flush_timeout: 2s").StreamFlushTimeout.Should().Be(TimeSpan.FromSeconds(2));
        ((ForwardActionConfig)Loading.Route("- {match: {prefix: /}, route: {cluster: u, flush_timeout: 0s}}").Action).FlushTimeout.Should().Be(TimeSpan.Zero);
    }

    [TestCase("log_type_filter: {types: [DownstreamStart, TcpPeriodic]}")]
    [TestCase("traceable_filter: {}")]
    public void LogFilters_ByKind_AreKept(string filter)
    {
        var settings = $"route_config: {{}}\nlocal_reply_config: {{mappers: [{{filter: {{{filter}}}}}]}}";
        AccessLogFilterConfig expected = filter.StartsWith('t')
            ? new TraceableLogFilter()
            : new LogTypeLogFilter([AccessLogType.DownstreamStart, AccessLogType.TcpPeriodic]);
        Loading.Manager(settings).LocalReplyMappers.Should().ContainSingle().Which.Filter.Should().Be(expected);
    }

    [Test]
    public void MetadataFilter_MatcherAndDefault_AreKept()
    {
        const string Filter = "metadata_filter: {matcher: {filter: ns, path: [{key: a}], value: {bool_match: true}}, match_if_key_not_found: false}";
        Loading.Manager($"route_config: {{}}\nlocal_reply_config: {{mappers: [{{filter: {{{Filter}}}}}, {{filter: {{metadata_filter: {{}}}}}}]}}").LocalReplyMappers
            .Select(static mapper => mapper.Filter).Should().Equal(
                new MetadataLogFilter(new MetadataMatcherConfig("ns", ["a"], new BoolMatcherConfig(true)), MatchIfMissing: false), new MetadataLogFilter(null));
    }

    [TestCase("req_without_query.v3.ReqWithoutQuery", true)]
    [TestCase("metadata.v3.Metadata", false)]
    [TestCase("cel.v3.Cel", false)]
    public void Formatters_Named_AllowTheirOperators(string type, bool expected)
    {
        var manager = Loading.Manager(
            $$"""
            route_config: {}
            local_reply_config:
              body_format:
                text_format_source: {inline_string: x}
                formatters:
                - name: f
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.formatter.{{type}}
            """);
        manager.LocalReplyFormat!.Format.AllowRequestWithoutQuery.Should().Be(expected);
    }

    [TestCase("extension_filter: {name: x}")]
    public void LogFilters_NotSupported_AreRefusedByName(string filter)
    {
        var settings = $"route_config: {{}}\nlocal_reply_config: {{mappers: [{{filter: {{{filter}}}}}]}}";
        Loading.Faults(Loading.ManagerText(settings)).Should().Contain(fault => fault.Contains(filter.Split(':')[0], StringComparison.Ordinal));
    }

    [Test]
    public void LogFilter_Expression_IsKept()
    {
        const string Filter = "{name: x, typed_config: {\"@type\": type.googleapis.com/envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter, expression: response.code > 1, cel_config: {enable_string_concat: true}}}";
        var manager = Loading.Manager($"route_config: {{}}\nlocal_reply_config: {{mappers: [{{filter: {{extension_filter: {Filter}}}}}]}}");

        manager.LocalReplyMappers.Single().Filter.Should().Be(new ExpressionLogFilter(new CelConfig(new ExpressionTextConfig("response.code > 1")) { StringConcatenation = true }));
    }

    [Test]
    public void SetMetadata_BothSpellings_AreEntriesInOrder()
    {
        var text = Loading.ManagerText("route_config: {}").Replace(
            "      - {name: router",
            "      - {name: m, typed_config: {\"@type\": type.googleapis.com/envoy.extensions.filters.http.set_metadata.v3.Config, metadata_namespace: old, value: {a: [1, null, {b: true}]},"
            + " metadata: [{metadata_namespace: new, value: {t: x}}]}}\n          - {name: router",
            StringComparison.Ordinal);
        var manager = (HttpConnectionManagerConfig)Loading.Config(text).Listeners[0].FilterChains[0].Filters[0].Config;
        manager.Filters[0].Config.Should().Be(new SetMetadataConfig(
        [
            new SetMetadataEntry("old", """{"a":[1,null,{"b":true}]}""") { AllowOverwrite = true },
            new SetMetadataEntry("new", """{"t":"x"}"""),
        ]));
    }

    [Test]
    public void CredentialInjector_EveryPart_IsKept()
    {
        const string Generic = "\"@type\": type.googleapis.com/envoy.extensions.http.injected_credentials.generic.v3.Generic";

        var text = "node: {id: a, cluster: c}\n" + HttpFilterText(
            "credential_injector.v3.CredentialInjector",
            CredentialSettings($"{Generic}, credential: {{name: token, sds_config: {{path_config_source: {{path: /dev/null}}}}}}, header: x-t, header_value_prefix: \"Bearer \""));
        ((HttpConnectionManagerConfig)Loading.Config(text).Listeners[0].FilterChains[0].Filters[0].Config).Filters[0].Config
            .Should().Be(new CredentialInjectorConfig(
                new GenericCredentialConfig(new TlsSecretReference("token", new FileSourceConfig("/dev/null"))) { Header = "x-t", Prefix = "Bearer " }) { Overwrite = true, AllowsMissing = true });

        static string CredentialSettings(string credential) => $"overwrite: true, allow_request_without_credential: true, credential: {{name: c, typed_config: {{{credential}}}}}";
    }

    [Test]
    public void HeaderMutation_EveryPart_IsKept()
    {
        var filter = (HeaderMutationFilterConfig)HttpFilter(
            "header_mutation.v3.HeaderMutation",
            """
            most_specific_header_mutations_wins: true, mutations: {
            request_mutations: [{remove: a}, {append: {header: {key: b, value: v}, append_action: ADD_IF_ABSENT, keep_empty_value: true}}, {remove_on_match: {key_matcher: {prefix: x-}}}],
            query_parameter_mutations: [{remove: q}, {append: {record: {key: k, value: "%PROTOCOL%"}, action: OVERWRITE_IF_EXISTS}}],
            request_trailers_mutations: [{remove: c}], response_mutations: [{remove: d}], response_trailers_mutations: [{remove: e}]}
            """);
        filter.Should().Be(new HeaderMutationFilterConfig(new HeaderMutationSet
        {
            Request =
            [
                new RemoveHeaderMutation("a"),
                new AppendHeaderMutation(new HeaderAddition("b", "v") { Action = HeaderAppendAction.AddIfAbsent, KeepEmptyValue = true }),
                new RemoveMatchingHeadersMutation(new StringMatcherConfig(StringMatchKind.Prefix, "x-")),
            ],
            Query = [new QueryMutationConfig("q"), new QueryMutationConfig("k") { Value = "%PROTOCOL%", Action = HeaderAppendAction.OverwriteIfExists }],
            RequestTrailers = [new RemoveHeaderMutation("c")],
            Response = [new RemoveHeaderMutation("d")],
            ResponseTrailers = [new RemoveHeaderMutation("e")],
        })
        { MostSpecificWins = true });
    }

    [TestCase("request_mutations: [{append: {header: {key: \":path\", value: v}}}]", "request_mutations[0].append.header.key: :path cannot be changed this way")]
    [TestCase("query_parameter_mutations: [{}]", "query_parameter_mutations[0]: needs append or remove")]
    [TestCase("query_parameter_mutations: [{append: {record: {key: k, value: 1}}}]", "query_parameter_mutations[0].append.record: the value must be a string")]
    [TestCase("query_parameter_mutations: [{append: {}}]", "query_parameter_mutations[0].append.record: required")]
    public void HeaderMutation_WhatCannotWork_IsRefused(string mutations, string fault) =>
        Loading.Faults(HttpFilterText("header_mutation.v3.HeaderMutation", $"mutations: {{{mutations}}}")).Should().ContainSingle().Which
            .Should().EndWith($"typed_config.mutations.{fault}");

    [Test]
    public void HeaderMutation_OfARoute_IsKept()
    {
        var route = Loading.Route(
            """
            - match: {prefix: /}
              route: {cluster: u}
              typed_per_filter_config:
                m: {"@type": type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute, mutations: {response_mutations: [{remove: a}]}}
            """);
        route.PerFilter.Should().Equal(new PerFilterConfig("m", new HeaderMutationRouteConfig(new HeaderMutationSet { Response = [new RemoveHeaderMutation("a")] }), false));
    }

    [Test]
    public void HealthCheck_EveryField_IsKept()
    {
        HttpFilter(
            "health_check.v3.HealthCheck",
            "pass_through_mode: true, cache_time: 3s, headers: [{name: \":path\", string_match: {exact: /hc}}], cluster_min_healthy_percentages: {u: {value: 12.5}}")
            .Should().Be(new HealthCheckFilterConfig
            {
                PassThrough = true,
                CacheTime = TimeSpan.FromSeconds(3),
                Headers = [new HeaderMatcherConfig(":path") { Text = new StringMatcherConfig(StringMatchKind.Exact, "/hc") }],
                Floors = [new ClusterHealthFloor("u", 12.5)],
            });
    }

    [TestCase("pass_through_mode: false, cache_time: 1s", "cache_time: must not be set when pass_through_mode is disabled")]
    [TestCase("pass_through_mode: true, cache_time: -1s", "cache_time: must not be negative")]
    public void HealthCheck_WhatCannotWork_IsRefused(string settings, string fault) =>
        Loading.Faults(HttpFilterText("health_check.v3.HealthCheck", settings)).Should().ContainSingle().Which.Should().EndWith($"typed_config.{fault}");

    [Test]
    public void Manager_FilterThatIsNotSupported_IsNamed()
    {
        var text = Loading.ManagerText("route_config: {}").Replace(
            "      - {name: router", "      - {name: lua, typed_config: {\"@type\": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua}}\n          - {name: router", StringComparison.Ordinal);
        Loading.Faults(text).Should().ContainSingle().Which
            .Should().EndWith("http_filters[0].typed_config: extension envoy.extensions.filters.http.lua.v3.Lua is not supported yet");
        var lenient = Loading.Load(text, allowUnsupported: true);
        lenient.Faults.Should().ContainSingle();
        ((HttpConnectionManagerConfig)lenient.Config!.Listeners[0].FilterChains[0].Filters[0].Config).Filters.Should().ContainSingle();
    }

    private static object HttpFilter(string type, string settings) =>
        ((HttpConnectionManagerConfig)Loading.Config(HttpFilterText(type, settings)).Listeners[0].FilterChains[0].Filters[0].Config).Filters[0].Config;

    private static string HttpFilterText(string type, string settings) => Loading.ManagerText("route_config: {}").Replace(
        "      - {name: router",
        $"      - {{name: m, typed_config: {{\"@type\": type.googleapis.com/envoy.extensions.filters.http.{type}, {settings.ReplaceLineEndings(" ")}}}}}\n          - {{name: router",
        StringComparison.Ordinal);

    [Test]
    public void TcpProxy_TunnelJitterAndTlvs_AreKept()
    {
        var proxy = Loading.TcpProxy(
            """
            cluster: a
            max_downstream_connection_duration_jitter_percentage: {value: 12.5}
            tunneling_config: {hostname: "t:443", headers_to_add: [{header: {key: x, value: yes-it-is}, append_action: ADD_IF_ABSENT}], propagate_response_headers: true}
            proxy_protocol_tlvs: [{type: 226, value: AQI=}]
            """);

        proxy.MaxConnectionDurationJitter.Should().Be(12.5);
        proxy.Tunneling.Should().Be(new TunnelingConfig("t:443")
        {
            Headers = [new HeaderAddition("x", "yes-it-is") { Action = HeaderAppendAction.AddIfAbsent }],
            PropagateResponseHeaders = true,
        });
        proxy.ProxyProtocolTlvs.Should().Equal(new ProxyProtocolTlv(226, [1, 2]));
    }

    [Test]
    public void TcpProxy_TunnelForms_AreKept()
    {
        var proxy = Loading.TcpProxy(
            """
            cluster: a
            tunneling_config:
              hostname: t
              use_post: true
              post_path: /p
              propagate_response_trailers: true
              request_id_extension: {typed_config: {"@type": type.googleapis.com/envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig}}
              request_id_header: x-id
              request_id_metadata_key: id
            """);

        proxy.Tunneling.Should().Be(new TunnelingConfig("t")
        {
            UsePost = true,
            PostPath = "/p",
            PropagateResponseTrailers = true,
            RequestId = new TunnelRequestIdConfig { Header = "x-id", MetadataKey = "id" },
        });
    }

    [Test]
    public void ConnectionLimit_Settings_AreKept()
    {
        First("connection_limit.v3.ConnectionLimit, stat_prefix: s, max_connections: 7, delay: 1.5s, runtime_enabled: {default_value: true, runtime_key: k}")
            .Should().Be(new ConnectionLimitConfig
            {
                StatPrefix = "s",
                MaxConnections = 7,
                Delay = TimeSpan.FromSeconds(1.5),
                Enabled = new RuntimeFlagConfig(true, "k"),
            });
    }

    [Test]
    public void LocalRateLimit_Settings_AreKept()
    {
        First("local_ratelimit.v3.LocalRateLimit, stat_prefix: s, token_bucket: {max_tokens: 5, fill_interval: 2s}")
            .Should().Be(new LocalRateLimitConfig { StatPrefix = "s", Bucket = new TokenBucketConfig(5, 1, TimeSpan.FromSeconds(2)) });
    }

    // The first of two network filters.
    private static object First(string settings) => Loading.Config(Loading.ListenerText(
        "filter_chains:\n- filters:\n  - name: f\n    typed_config: {\"@type\": type.googleapis.com/envoy.extensions.filters.network." + settings + "}\n"
        + "  - name: e\n    typed_config: {\"@type\": type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo}\n")).Listeners[0].FilterChains[0].Filters[0].Config;

    [Test]
    public void TcpProxy_Settings_AreKept() => Loading.TcpProxy(
        """
        weighted_clusters: {clusters: [{name: a, weight: 2}]}
        idle_timeout: 0s
        max_connect_attempts: 3
        max_downstream_connection_duration: 60s
        access_log_options: {access_log_flush_interval: 1s, flush_access_log_on_start: true}
        """).Should().Be(new TcpProxyConfig
        {
            StatPrefix = "t",
            WeightedClusters = [new WeightedClusterConfig("a", 2)],
            IdleTimeout = null,
            MaxConnectAttempts = 3,
            MaxConnectionDuration = TimeSpan.FromMinutes(1),
            AccessLogFlushInterval = TimeSpan.FromSeconds(1),
            LogOnStart = true,
        });

    [Test]
    public void AccessLogs_OfEachKind_AreKept()
    {
        var logs = Loading.TcpProxy(
            """
            cluster: u
            access_log:
            - name: a
              typed_config: {"@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: /x}
            - name: old
              typed_config: {"@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: /o, json_format: {a: "%PROTOCOL%"}}
            - name: b
              filter: {and_filter: {filters: [{status_code_filter: {comparison: {op: GE, value: {default_value: 500, runtime_key: k}}}}, {response_flag_filter: {flags: [UH]}}]}}
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StderrAccessLog
                log_format: {text_format_source: {inline_string: "%PROTOCOL%\n"}, omit_empty_values: true}
            """).AccessLogs;
        logs.Should().Equal(
            new AccessLogConfig(new FileAccessLogConfig("/x", LogFormatConfig.Default)),
            new AccessLogConfig(new FileAccessLogConfig("/o", new LogFormatConfig { Json = new JsonFormatObject([new("a", new JsonFormatText("%PROTOCOL%"))]) })),
            new AccessLogConfig(new StreamAccessLogConfig(true, new LogFormatConfig { Text = "%PROTOCOL%\n", OmitEmptyValues = true }))
            {
                Filter = new AndLogFilter([new StatusCodeLogFilter(ComparisonOperator.GreaterOrEqual, 500, "k"), new ResponseFlagLogFilter(["UH"])]),
            });
    }
}
