using System.Net;
using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Configuration.Matching;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Matching;
using Proxy.Streams;

namespace Proxy.Core.Tests.Matching;

/// <summary>Small words for matchers whose actions are texts.</summary>
internal static class MatcherFixture
{
    public static MatchInputConfig Header(string name) => new(MatchInputKind.RequestHeader, name);

    public static OnMatchConfig Do(string action) => new() { Action = action };

    public static OnMatchConfig Ask(MatcherConfig matcher) => new() { Matcher = matcher };

    public static PredicateConfig Is(MatchInputConfig input, string text) =>
        new InputPredicateConfig(input, new TextInputMatcherConfig(new StringMatcherConfig(StringMatchKind.Exact, text)));

    public static PredicateConfig Is(string header, string text) => Is(Header(header), text);

    public static MatcherConfig List(params (PredicateConfig Predicate, OnMatchConfig OnMatch)[] fields) =>
        new() { List = fields.Select(static field => new FieldMatcherConfig(field.Predicate, field.OnMatch)).ToConfigList() };

    public static MatcherConfig When(PredicateConfig predicate) => List((predicate, Do("yes"))) with { OnNoMatch = Do("no") };

    public static ConfigList<KeyValuePair<string, OnMatchConfig>> Map(params (string Key, OnMatchConfig OnMatch)[] entries) =>
        entries.Select(static entry => KeyValuePair.Create(entry.Key, entry.OnMatch)).ToConfigList();

    public static Matcher<string> Compile(MatcherConfig config)
    {
        var faults = new FaultList();
        var matcher = new MatcherCompiler<string>(Enum.GetValues<MatchInputKind>(), static (action, _) => (string)action, faults).Compile(config, "m");
        faults.ThrowIfAny();
        return matcher;
    }

    public static IEnumerable<string> FaultsOf(MatcherConfig config, params MatchInputKind[] inputs)
    {
        var faults = new FaultList();
        new MatcherCompiler<string>(inputs, static (action, _) => (string)action, faults).Compile(config, "m");
        try
        {
            faults.ThrowIfAny();
            return [];
        }
        catch (ConfigException exception)
        {
            return exception.Faults.Select(static fault => fault.ToString());
        }
    }

    /// <summary>What <paramref name="config"/> says to a request with these headers; null for nothing.</summary>
    public static string? Play(MatcherConfig config, params (string Name, string Value)[] headers) => Play(config, new MatchData { RequestHeaders = Headers(headers) });

    public static string? Play(MatcherConfig config, in MatchData data) => Compile(config).Decide(data, out var action) switch
    {
        MatchOutcome.Yes => action,
        MatchOutcome.TooEarly => "too early",
        _ => null,
    };

    public static HeaderMap Headers(params (string Name, string Value)[] headers)
    {
        var map = new HeaderMap();
        foreach (var (name, value) in headers)
        {
            var bytes = Encoding.Latin1.GetBytes(name);
            if (KnownHeaders.Classify(bytes) is var id and not KnownHeader.None)
            {
                map.Add(id, Encoding.Latin1.GetBytes(value));
            }
            else
            {
                map.Add(bytes, Encoding.Latin1.GetBytes(value));
            }
        }

        return map;
    }

    /// <summary>A connection from 10.1.2.3:1000 to 10.9.9.9:80, whose client a trusted proxy says is 2001:db8::1.</summary>
    public static MatchData Connection()
    {
        var connection = new ConnectionInfo(IPEndPoint.Parse("10.9.9.9:80"), IPEndPoint.Parse("10.1.2.3:1000"));
        return new MatchData
        {
            Connection = connection,
            Info = new StreamInfo { Downstream = connection, TrustedRemote = new IPEndPoint(IPAddress.Parse("2001:db8::1"), 0) },
        };
    }
}
