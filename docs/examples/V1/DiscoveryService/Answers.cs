using System.Collections.Concurrent;

namespace DiscoveryService;

/// <summary>What is answered at each path. From any thread.</summary>
internal sealed class Answers
{
    // What there is before anybody says otherwise: nothing, in the words of each API.
    private static readonly (string Path, string Answer)[] Empty =
    [
        ("/v1/registration", """{"hosts": []}"""),
        ("/v1/clusters", """{"clusters": []}"""),
        ("/v1/listeners", """{"listeners": []}"""),
        ("/v1/routes", """{"virtual_hosts": []}"""),
    ];

    private readonly ConcurrentDictionary<string, string> _answers = new(StringComparer.Ordinal);
    private int _calls;

    /// <summary>How often an answer was asked for.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>The answer at a path, or 404 where the API has none.</summary>
    public IResult Get(PathString path)
    {
        Interlocked.Increment(ref _calls);
        var empty = Array.Find(Empty, api => path.StartsWithSegments(api.Path, StringComparison.Ordinal)).Answer;
        return _answers.GetValueOrDefault(path.Value!, empty) is { } answer ? Results.Text(answer, "application/json") : Results.NotFound();
    }

    /// <summary>Changes the answer at a path.</summary>
    public void Put(PathString path, string answer) => _answers[path.Value!] = answer;
}
