using System.Text;
using System.Text.Json.Nodes;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Discovery.V1.Rest;
using Proxy.Resources;
using Proxy.Stats;
using Proxy.Workers.Simulated;

namespace Proxy.Discovery.Tests.V1;

/// <summary>Texts with one value changed at random, the same ones in every run: they are taken or refused, and nothing else happens.</summary>
public sealed class V1MutationTests
{
    private const int Changes = 150;

    private static readonly string[] Values = ["null", "true", "-1", "1e99", "99999999999999999999", "1.5", "\"\"", "\"x\"", "\"tcp://[::1\"", "\"1-\"", "\"1/2/3\"", "[]", "[null]", "[[]]", "{}", """{"type": "x"}"""];

    public static IEnumerable<string> Texts => V1Examples.All().Where(static name => !name.Contains("golden", StringComparison.Ordinal));

    [TestCaseSource(nameof(Texts))]
    public void Text_Changed_IsTakenOrRefused(string name)
    {
        var random = new Random(name.Length);
        for (var i = 0; i < Changes; i++)
        {
            var root = JsonNode.Parse(V1Examples.Text(name))!;
            Change(root, random);
            var text = Encoding.UTF8.GetBytes(root.ToJsonString());
            FluentActions.Invoking(() => Read(text)).Should().NotThrow(Encoding.UTF8.GetString(text));
        }
    }

    private static void Read(byte[] text)
    {
        var result = V1Examples.Load("v1.json", text);
        (result.Config is not null || result.Faults.Count > 0).Should().BeTrue();
        foreach (var kind in (ReadOnlySpan<ResourceKind>)[ResourceKind.Cluster, ResourceKind.Endpoints, ResourceKind.Listener, ResourceKind.Routes])
        {
            ReadAnswer(kind, text);
        }
    }

    private static void ReadAnswer(ResourceKind kind, byte[] text)
    {
        var source = new V1RestSourceConfig("c", TimeSpan.FromSeconds(1));
        var stats = new StatsStore();
        var counters = SubscriptionCounters.Create(stats, stats.CreateScope(), "x.", new SimulatedRuntime().Main);
        try
        {
            V1Answers.Read(new ResourceRequest(source, kind, ["n"], counters), source, "v", text, new V1Clusters()).Update.Resources.Should().NotBeNull();
        }
        catch (ConfigException e)
        {
            e.Faults.Should().NotBeEmpty();
        }
    }

    private static void Change(JsonNode root, Random random)
    {
        var places = new List<JsonNode>();
        Collect(root, places);
        var place = places[random.Next(places.Count)];
        var value = JsonNode.Parse(Values[random.Next(Values.Length)]);
        switch (place)
        {
            case JsonObject { Count: > 0 } map:
                var key = map.ElementAt(random.Next(map.Count)).Key;
                if (random.Next(4) == 0)
                {
                    map.Remove(key);
                }
                else
                {
                    map[key] = value;
                }

                break;
            case JsonArray { Count: > 0 } list:
                list[random.Next(list.Count)] = value;
                break;
        }
    }

    private static void Collect(JsonNode? node, List<JsonNode> places)
    {
        if (node is JsonObject map)
        {
            places.Add(map);
            foreach (var (_, value) in map)
            {
                Collect(value, places);
            }
        }
        else if (node is JsonArray list)
        {
            places.Add(list);
            foreach (var value in list)
            {
                Collect(value, places);
            }
        }
    }
}
