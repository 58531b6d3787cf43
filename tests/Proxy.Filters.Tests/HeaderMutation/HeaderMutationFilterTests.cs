using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Filters.Http.HeaderMutation;
using Proxy.Filters.Tests.HttpConnectionManager;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Streams;

namespace Proxy.Filters.Tests.HeaderMutation;

/// <summary>Heads, trailers and queries as the filter behind and the client meet them.</summary>
[TestFixture]
public sealed class HeaderMutationFilterTests : ManagerFixture
{
    private readonly Dictionary<string, HeaderMap> _seen = [];

    private static AppendHeaderMutation Append(string name, string value, HeaderAppendAction action = HeaderAppendAction.AppendIfExistsOrAdd) =>
        new AppendHeaderMutation(new HeaderAddition(name, value) { Action = action });

    private static RemoveHeaderMutation Remove(string name) => new RemoveHeaderMutation(name);

    private static RemoveMatchingHeadersMutation RemoveMatching(StringMatchKind kind, string pattern, bool ignoreCase = false) =>
        new RemoveMatchingHeadersMutation(new StringMatcherConfig(kind, pattern) { IgnoreCase = ignoreCase });

    [Test]
    public void Request_Mutations_AreWorkedOffOneAfterTheOther()
    {
        Play(
            new HeaderMutationSet
            {
                Request =
                [
                    Append("x-a", "1"), Append("x-copy", "%REQ(x-a)%"), Remove("X-Old"), Append("x-b", "only", HeaderAppendAction.AddIfAbsent),
                    Append("x-b", "not", HeaderAppendAction.AddIfAbsent), Append("x-k", "n"), Remove("x-k"), Append("x-none", "%REQ(x-nothing)%"),
                ],
            },
            "x-old: 1\r\nx-k: o\r\n");

        Shown("request").Should().Be("x-a=1; x-copy=1; x-b=only");
    }

    [TestCase(StringMatchKind.Prefix, "x-", false, "y=3")]
    [TestCase(StringMatchKind.Exact, "X-A", true, "x-b=2; y=3")]
    [TestCase(StringMatchKind.Exact, "X-A", false, "x-a=1; x-b=2; y=3")]
    [TestCase(StringMatchKind.Regex, "x-[b-z]", false, "x-a=1; y=3")]
    public void Request_RemoveOnMatch_ComparesLowerCaseNames(StringMatchKind kind, string pattern, bool ignoreCase, string left)
    {
        Play(new HeaderMutationSet { Request = [RemoveMatching(kind, pattern, ignoreCase)] }, "x-a: 1\r\nx-b: 2\r\ny: 3\r\n");

        Shown("request").Should().Be(left);
    }

    [Test]
    public void Response_Mutations_SeeTheResponse()
    {
        var answer = Play(new HeaderMutationSet
        {
            Response = [Append("x-up", "filter", HeaderAppendAction.OverwriteIfExistsOrAdd), Append("x-path", "%REQ(:PATH)%"), Append("x-was", "%RESP(x-up)%"), Remove("x-gone")],
        });

        answer.Should().Contain("x-up: filter\r\nx-path: /p\r\nx-was: filter\r\n").And.NotContain("x-gone").And.NotContain("upstream");
    }

    [Test]
    public void Trailers_OfBothDirections_AreChanged()
    {
        var set = new HeaderMutationSet { RequestTrailers = [Append("x-t", "r"), Remove("x-gone")], ResponseTrailers = [Append("x-t", "%TRAILER(x-first)%")] };
        Start(set, new HeaderMutationFilterConfig(set));
        var answer = Connect().Send("POST /p HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx-gone: 1\r\n\r\n").ReadUntil("x-t: first\r\n\r\n");

        answer.Should().Contain("x-first: first\r\n");
        Shown("trailers").Should().Be("x-t=r");
    }

    [TestCase(false, "filter, route, vhost")]
    [TestCase(true, "filter, vhost, route")]
    public void Levels_OfTheRoute_ComeBehindTheFilterInTheOrderAskedFor(bool mostSpecificWins, string order)
    {
        var set = new HeaderMutationSet { Request = [Append("x-k", "filter")], Response = [Append("x-k", "filter")] };
        Start(set, new HeaderMutationFilterConfig(set) { MostSpecificWins = mostSpecificWins }, "route", "vhost");
        var answer = Connect().Send(Get("/p")).ReadUntil("\r\n\r\n");

        var expected = order.Split(", ");
        Shown("request").Should().Be(string.Join("; ", expected.Select(static level => $"x-k={level}")));
        answer.Should().Contain(string.Concat(expected.Select(static level => $"x-k: {level}\r\n")));
    }

    [TestCase("/p", "/p?k=v")]
    [TestCase("/p?", "/p?k=v")]
    [TestCase("/p?k=1&k=2", "/p?k=1&k=2&k=v")]
    [TestCase("/p?z=1&k", "/p?k=&k=v&z=1")]
    [TestCase("/p?K=1&k+=3", "/p?K=1&k=v&k+=3")]
    [TestCase("/p?a=%zz&k=%6b", "/p?a=%zz&k=k&k=v")]
    [TestCase("/p?%6B=1", "/p?k=1&k=v")]
    [TestCase("/p?a=%26b%3D1%0d%0Ax%20", "/p?a=%26b=1%0d%0Ax%20&k=v", Description = "an escape that would make another request of it stays")]
    [TestCase("/p?a%3Db=%2B%23%25", "/p?a%3Db=%2B%23%25&k=v")]
    public void Query_Append_AddsBehindThoseOfTheName(string path, string expected) => Path(path, Query("k", "v")).Should().Be(expected);

    [TestCase(HeaderAppendAction.AddIfAbsent, "/p?k=1", "/p?k=1")]
    [TestCase(HeaderAppendAction.AddIfAbsent, "/p?j=1", "/p?j=1&k=v")]
    [TestCase(HeaderAppendAction.OverwriteIfExists, "/p?j", "/p?j=")]
    [TestCase(HeaderAppendAction.OverwriteIfExists, "/p?k=1&k=2&a", "/p?a=&k=v")]
    [TestCase(HeaderAppendAction.OverwriteIfExistsOrAdd, "/p?%6B=1", "/p?k=v")]
    [TestCase(HeaderAppendAction.OverwriteIfExistsOrAdd, "/p", "/p?k=v")]
    public void Query_Actions_ActAsForHeaders(HeaderAppendAction action, string path, string expected) =>
        Path(path, Query("k", "v", action)).Should().Be(expected);

    [Test]
    public void Query_ValuesAndNames_AreEscapedWhereTheyMustBe()
    {
        Path("/p", Query("k", "a+b/c?d#e %REQ(host)%")).Should().Be("/p?k=a%2Bb%2Fc%3Fd%23e%20a.test");
        Path("/p", Query("a b", "c&d=é")).Should().Be("/p?a%20b=c%26d%3D%C3%A9");
        Path("/p", Query("k", "")).Should().Be("/p?k=");
    }

    [Test]
    public void Query_Remove_TakesAllOfTheName()
    {
        Path("/p?k=1&j=2&k=3", new QueryMutationConfig("k")).Should().Be("/p?j=2");
        Path("/p?k=1", new QueryMutationConfig("k"), Query("k", "n")).Should().Be("/p?k=n");
        Path("/p?k=1", new QueryMutationConfig("k")).Should().Be("/p");
    }

    [Test]
    public void Response_LosesItsStatus_BecomesA502()
    {
        var answer = Play(new HeaderMutationSet { Response = [RemoveMatching(StringMatchKind.Exact, ":status")] });

        answer.Should().StartWith("HTTP/1.1 502 ");
        AccessLog.Lines.Should().ContainSingle().Which.Should().Contain("filter_removed_required_response_headers{missing_required_header:_:status}");
    }

    [Test]
    public void Compile_Faults_AreAllListed()
    {
        var act = () => HeaderMutationModel.Compile(
            new HeaderMutationSet
            {
                Request = [Append(":path", "x"), Append("a", "%BOGUS%"), Remove("a\r")],
                Response = [RemoveMatching(StringMatchKind.Regex, "(")],
                Query = [Query("k", "%20"), new QueryMutationConfig("")],
            },
            FormatEnvironment.Empty);

        act.Should().Throw<ConfigException>().Which.Faults.Select(static fault => fault.Path).Should().Equal(
            "mutations.request_mutations[0].append.header.key",
            "mutations.request_mutations[1].append.header.value",
            "mutations.request_mutations[2].remove",
            "mutations.response_mutations[0].remove_on_match.key_matcher",
            "mutations.query_parameter_mutations[0].append.record.value",
            "mutations.query_parameter_mutations[1]");
    }

    private static QueryMutationConfig Query(string key, string value, HeaderAppendAction action = HeaderAppendAction.AppendIfExistsOrAdd) =>
        new(key) { Value = value, Action = action };

    private string Path(string path, params QueryMutationConfig[] query)
    {
        var headers = new HeaderMap();
        headers.Set(KnownHeader.Path, Encoding.UTF8.GetBytes(path));
        headers.Set(KnownHeader.Authority, "a.test"u8);
        var model = HeaderMutationModel.Compile(new HeaderMutationSet { Query = query.ToConfigList() }, FormatEnvironment.Empty);
        QueryEditor.Of(Worker).Apply(headers, model.Query, new AccessLogEntry { Worker = Worker, Info = new StreamInfo(), RequestHeaders = headers });
        return Encoding.UTF8.GetString(headers.Get(KnownHeader.Path));
    }

    private string Play(HeaderMutationSet set, string more = "")
    {
        Start(set, new HeaderMutationFilterConfig(set));
        return Connect().Send(Get("/p", more)).ReadUntil("\r\n\r\n");
    }

    private void Start(HeaderMutationSet set, HeaderMutationFilterConfig filter, string? route = null, string? host = null)
    {
        var table = Table(Prefix("/", null, Level(route)));
        var vhost = table.VirtualHosts[0] with { PerFilter = Level(host).ToConfigList() };
        var model = HeaderMutationModel.Compile(set, FormatEnvironment.Empty);
        Listen(
            Config(config => config with { GenerateRequestId = false, Routes = table with { VirtualHosts = [vhost] } }),
            () => new HeaderMutationFilter(model, filter.MostSpecificWins),
            () => new Probe(this));
    }

    private static PerFilterConfig[] Level(string? name)
    {
        if (name is null)
        {
            return [];
        }

        var set = new HeaderMutationSet { Request = [Append("x-k", name)], Response = [Append("x-k", name)] };
        return [new PerFilterConfig("f0", HeaderMutationModel.Compile(set, FormatEnvironment.Empty), false)];
    }

    private string Shown(string part)
    {
        var shown = new List<string>();
        foreach (var field in _seen[part])
        {
            if (!KnownHeaders.IsPseudo(field.Id) && field.Id is not KnownHeader.XForwardedProto)
            {
                shown.Add($"{Encoding.ASCII.GetString(field.Name)}={Encoding.ASCII.GetString(field.Value)}");
            }
        }

        return string.Join("; ", shown);
    }

    private sealed class Probe(HeaderMutationFilterTests test) : HttpFilter
    {
        private readonly HeaderMap _headers = new();
        private readonly HeaderMap _trailers = new();

        public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
        {
            Keep("request", headers);
            if (endStream)
            {
                Answer(endStream: true);
            }

            return HeadersStatus.StopIteration;
        }

        public override TrailersStatus OnRequestTrailers(HeaderMap trailers)
        {
            Keep("trailers", trailers);
            Answer(endStream: false);
            _trailers.Add("x-first"u8, "first"u8);
            Callbacks.SendTrailers(_trailers);
            return TrailersStatus.StopIteration;
        }

        private void Answer(bool endStream)
        {
            _headers.Set(KnownHeader.Status, 200);
            _headers.Add("x-up"u8, "upstream"u8);
            _headers.Add("x-gone"u8, "1"u8);
            Callbacks.SendHeaders(_headers, endStream);
        }

        private void Keep(string part, HeaderMap headers)
        {
            var copy = new HeaderMap();
            copy.CopyFrom(headers);
            test._seen[part] = copy;
        }
    }
}
