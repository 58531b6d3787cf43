using Proxy.Configuration.Http;

namespace Proxy.Discovery.Tests.V3;

internal sealed class RouteTranslatorTests
{
    [TestCase("{prefix: /}", PathMatchKind.Prefix, "/")]
    [TestCase("{path: /a}", PathMatchKind.Exact, "/a")]
    [TestCase("{safe_regex: {regex: '/[a-z]+'}}", PathMatchKind.Regex, "/[a-z]+")]
    [TestCase("{path_separated_prefix: /a}", PathMatchKind.SeparatedPrefix, "/a")]
    [TestCase("{connect_matcher: {}}", PathMatchKind.Connect, "")]
    public void Match_Path_IsKept(string match, PathMatchKind kind, string path) =>
        Loading.Route($"- {{match: {match}, route: {{cluster: u}}}}").Match.Should().Be(new RouteMatchConfig(kind, path));

    [Test]
    public void Match_Conditions_AreKept()
    {
        var match = Loading.Route(
            """
            - match:
                prefix: /
                case_sensitive: false
                grpc: {}
                runtime_fraction: {default_value: {numerator: 3, denominator: MILLION}, runtime_key: k}
                headers:
                - {name: a, string_match: {prefix: x, ignore_case: true}, invert_match: true}
                - {name: b, range_match: {start: -1, end: 5}}
                - {name: c, present_match: true}
                - {name: d}
                query_parameters: [{name: q, present_match: true}, {name: r, string_match: {exact: v}}]
              route: {cluster: u}
            """).Match;
        match.Should().Be(new RouteMatchConfig(PathMatchKind.Prefix, "/")
        {
            CaseSensitive = false,
            Grpc = true,
            RuntimeFraction = new FractionConfig(3, 1_000_000, "k"),
            Headers =
            [
                new HeaderMatcherConfig("a") { Text = new StringMatcherConfig(StringMatchKind.Prefix, "x") { IgnoreCase = true }, Invert = true },
                new HeaderMatcherConfig("b") { Range = new Int64Range(-1, 5) },
                new HeaderMatcherConfig("c") { Present = true },
                new HeaderMatcherConfig("d"),
            ],
            QueryParameters =
            [
                new QueryParameterMatcherConfig("q") { Present = true },
                new QueryParameterMatcherConfig("r") { Text = new StringMatcherConfig(StringMatchKind.Exact, "v") },
            ],
        });
    }

    [Test]
    public void Route_PrefixAndDecorator_AreKept()
    {
        var route = Loading.Route("- {match: {prefix: /}, route: {cluster: u}, stat_prefix: s, decorator: {operation: op, propagate: false}}");

        route.StatPrefix.Should().Be("s");
        route.Decorator.Should().Be(new DecoratorConfig("op") { Propagate = false });
    }

    [Test]
    public void Forward_Plain_HasTheDefaultsOfTheRecord() =>
        Loading.Route("- {match: {prefix: /}, route: {cluster: u}}").Action.Should().Be(new ForwardActionConfig { Cluster = "u" });

    [Test]
    public void Forward_Settings_AreKept() => Loading.Route(
        """
        - match: {prefix: /}
          route:
            weighted_clusters: {clusters: [{name: u, weight: 3, host_rewrite_literal: h}, {name: u, weight: 1}]}
            prefix_rewrite: /b
            auto_host_rewrite: true
            timeout: 0s
            idle_timeout: 0s
            priority: HIGH
            cluster_not_found_response_code: NOT_FOUND
            upgrade_configs: [{upgrade_type: CONNECT, connect_config: {}}]
        """).Action.Should().Be(new ForwardActionConfig
        {
            WeightedClusters = [new WeightedClusterConfig("u", 3) { HostRewrite = "h" }, new WeightedClusterConfig("u", 1)],
            PrefixRewrite = "/b",
            AutoHostRewrite = true,
            Timeout = null,
            IdleTimeout = TimeSpan.Zero,
            HighPriority = true,
            ClusterNotFoundStatus = 404,
            Upgrades = [new UpgradeConfig("CONNECT") { TerminateConnect = true }],
        });

    [Test]
    public void Redirect_Settings_AreKept() =>
        Loading.Route("- {match: {prefix: /}, redirect: {https_redirect: true, host_redirect: h, port_redirect: 8443, prefix_rewrite: /b, response_code: PERMANENT_REDIRECT, strip_query: true}}")
            .Action.Should().Be(new RedirectActionConfig { HttpsRedirect = true, Host = "h", Port = 8443, PrefixRewrite = "/b", Status = 308, StripQuery = true });

    [TestCase("{inline_string: hi}", "hi")]
    [TestCase("{inline_bytes: aGk=}", "hi")]
    [TestCase("{environment_variable: GREETING}", "hello")]
    public void DirectResponse_Body_IsRead(string source, string body) =>
        Loading.Route($"- {{match: {{prefix: /}}, direct_response: {{status: 201, body: {source}}}}}").Action
            .Should().Be(new DirectResponseActionConfig(201, body));

    [Test]
    public void Edits_OfARoute_AreKept()
    {
        var edits = Loading.Route(
            """
            - match: {prefix: /}
              route: {cluster: u}
              request_headers_to_add: [{header: {key: a, value: "%PROTOCOL%"}, append_action: OVERWRITE_IF_EXISTS}, {header: {key: b}, append: false, keep_empty_value: true}]
              response_headers_to_remove: [server]
            """).Edits;
        edits.RequestAdditions.Should().Equal(
            new HeaderAddition("a", "%PROTOCOL%") { Action = HeaderAppendAction.OverwriteIfExists },
            new HeaderAddition("b", "") { Action = HeaderAppendAction.OverwriteIfExistsOrAdd, KeepEmptyValue = true });
        edits.ResponseRemovals.Should().Equal("server");
    }

    [TestCase("raw_value: MTAwJQ==", "100%%")]
    [TestCase("value: v, raw_value: MTAwJQ==", "v")]
    public void Edits_RawValue_IsTakenAtItsWord(string header, string value) =>
        Loading.Route($"- {{match: {{prefix: /}}, route: {{cluster: u}}, request_headers_to_add: [{{header: {{key: a, {header}}}}}]}}").Edits.RequestAdditions
            .Should().Equal(new HeaderAddition("a", value));

    [TestCase("gA==")]
    [TestCase("YQ0KYg==")]
    public void Edits_RawValueThatIsNoLine_IsRefused(string value) =>
        Loading.Faults(Loading.RoutesText($"- {{match: {{prefix: /}}, route: {{cluster: u}}, request_headers_to_add: [{{header: {{key: a, raw_value: {value}}}}}]}}"))
            .Should().ContainSingle().Which.Should().Contain("header.raw_value: bytes that are no UTF-8 text, or of more than one line, are not supported yet");

    [Test]
    public void PerFilter_Disabled_IsKept() =>
        Loading.Route("- {match: {prefix: /}, route: {cluster: u}, typed_per_filter_config: {x: {'@type': type.googleapis.com/envoy.config.route.v3.FilterConfig, disabled: true}}}")
            .PerFilter.Should().Equal(new PerFilterConfig("x", null, true));

    [TestCase("- {match: {prefix: /}, route: {cluster: v}}", "route.cluster: there is no cluster v (did you mean u?)")]
    [TestCase("- {match: {prefix: /}, route: {weighted_clusters: {clusters: [{name: u}]}}}", "route.weighted_clusters.clusters: the weights add up to 0, which must be between 1 and 4294967295")]
    [TestCase("- {match: {prefix: /}, route: {cluster: u, prefix_rewrite: /, regex_rewrite: {pattern: {regex: a}}}}", "route.regex_rewrite: only one of prefix_rewrite and regex_rewrite may be set")]
    [TestCase("- {match: {prefix: /}, direct_response: {status: 200, body: {filename: nope}}}", "direct_response.body.filename: cannot read the file: no nope")]
    [TestCase("- {match: {prefix: /}, direct_response: {status: 200, body: {environment_variable: NOPE}}}", "direct_response.body.environment_variable: there is no environment variable NOPE")]
    [TestCase("- {match: {prefix: /, headers: [{name: a, string_match: {safe_regex: {regex: a}, ignore_case: true}}]}, route: {cluster: u}}", "match.headers[0].string_match.ignore_case: has no effect on a regular expression ((?i) in front of the expression does it)")]
    [TestCase("- {match: {prefix: /}, route: {cluster: u}, request_headers_to_remove: [host]}", "request_headers_to_remove[0]: host cannot be removed")]
    [TestCase("- {match: {prefix: /}, route: {cluster: u}, request_headers_to_add: [{header: {key: ':path'}}]}", "request_headers_to_add[0].header.key: :path cannot be changed this way")]
    public void Route_WhatCannotWork_IsRefused(string route, string fault) =>
        Loading.Faults(Loading.RoutesText(route)).Should().ContainSingle().Which
            .Should().EndWith($"typed_config.route_config.virtual_hosts[0].routes[0].{fault}");

    [Test]
    public void DirectResponse_BodyOverTheLimit_IsRefused() =>
        Loading.Faults(Loading.RoutesText($"- {{match: {{prefix: /}}, direct_response: {{status: 200, body: {{inline_string: {new string('x', 4097)}}}}}}}"))
            .Should().ContainSingle().Which.Should().EndWith("direct_response.body: has 4097 bytes, 4096 are allowed (max_direct_response_body_size_bytes)");

    [Test]
    public void Table_DomainTwice_IsRefused()
    {
        var text = Loading.ManagerText("route_config: {virtual_hosts: [{name: a, domains: [X.test]}, {name: b, domains: [x.test]}]}");
        Loading.Faults(text).Should().ContainSingle().Which
            .Should().EndWith("route_config.virtual_hosts[1].domains[0]: \"x.test\" stands in this table twice");
    }

    [Test]
    public void Route_TemplatesCookiesAndCertificates_AreTranslated()
    {
        var route = Loading.Route(
            """
            - match:
                path_match_policy: {name: m, typed_config: {"@type": type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig, path_template: "/a/{x}"}}
                cookies: [{name: c, string_match: {prefix: v}, invert_match: true}]
                tls_context: {presented: false, validated: true}
              route:
                cluster: u
                path_rewrite_policy: {name: r, typed_config: {"@type": type.googleapis.com/envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig, path_template_rewrite: "/z/{x}"}}
            """);

        route.Match.Should().Be(new RouteMatchConfig(PathMatchKind.Template, "/a/{x}")
        {
            Cookies = [new CookieMatcherConfig("c", new StringMatcherConfig(StringMatchKind.Prefix, "v")) { Invert = true }],
            CertificatePresented = false,
            CertificateValidated = true,
        });
        route.Action.Should().BeOfType<ForwardActionConfig>().Which.TemplateRewrite.Should().Be("/z/{x}");
    }

    [TestCase("path.rewrite.uri_template.v3.UriTemplateRewriteConfig", "path_template_rewrite: /a", "path.rewrite.uri_template.v3.UriTemplateRewriteConfig", "path_template_rewrite: /a", "path_match_policy", "envoy.path.match")]
    [TestCase("path.match.uri_template.v3.UriTemplateMatchConfig", "path_template: /a", "path.match.uri_template.v3.UriTemplateMatchConfig", "path_template: /a", "path_rewrite_policy", "envoy.path.rewrite")]
    public void Route_ExtensionOfAnotherKind_IsRefusedAtItsPlace(string match, string matched, string rewrite, string rewritten, string place, string kind)
    {
        const string Type = "type.googleapis.com/envoy.extensions.";
        var routes =
            $"""
            - match:
                path_match_policy:
                  name: m
                  typed_config:
                    "@type": {Type}{match}
                    {matched}
              route:
                cluster: u
                path_rewrite_policy:
                  name: r
                  typed_config:
                    "@type": {Type}{rewrite}
                    {rewritten}
            """;

        Loading.Faults(Loading.RoutesText(routes)).Should().Contain(fault => fault.Contains(place + ".typed_config") && fault.Contains($"cannot be used here (wanted: {kind})"));
    }

    [Test]
    public void Route_Metadata_IsKeptByNamespace()
    {
        Loading.Route("- {match: {prefix: /}, route: {cluster: u}, metadata: {filter_metadata: {ns: {k: v, n: 5}}}}").Metadata
            .Should().ContainSingle().Which.Should().Be(KeyValuePair.Create("ns", """{"k":"v","n":5}"""));
    }
}
