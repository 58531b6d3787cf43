using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Proxy.Resources;

/// <summary>Told of fields in dynamic resources that no message has. On main.</summary>
/// <param name="policy">What becomes of them.</param>
/// <param name="count">Called for each message that has some, once.</param>
/// <param name="logger">Where they are told.</param>
internal sealed partial class UnknownFields(UnknownFieldPolicy policy, Action count, ILogger logger)
{
    private const int MostRemembered = 1000; // control planes decide how many there are

    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Nobody wants to know.</summary>
    public static UnknownFields Ignored { get; } = new(UnknownFieldPolicy.Ignore, static () => { }, NullLogger.Instance);

    /// <summary>A resource that has one is refused.</summary>
    public bool AreRefused => policy == UnknownFieldPolicy.Refuse;

    /// <summary>Takes note of a field.</summary>
    /// <param name="resource">Type of the resource.</param>
    /// <param name="path">Where in it.</param>
    public void Found(string resource, string path)
    {
        var message = $"{resource} {path[..Math.Max(path.LastIndexOf('.'), 0)]}";
        if (policy == UnknownFieldPolicy.Warn && _known.Count < MostRemembered && _known.Add(message))
        {
            count();
            LogFound(logger, resource, path);
        }
    }

    [LoggerMessage(46, LogLevel.Warning, "{Resource} {Path}: unknown field, left out")]
    private static partial void LogFound(ILogger logger, string resource, string path);
}
