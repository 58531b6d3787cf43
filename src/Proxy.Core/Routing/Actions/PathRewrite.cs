using System.Text;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Routing.Matching;

namespace Proxy.Routing.Actions;

/// <summary>What becomes of a request's path; the query stays. Immutable.</summary>
internal sealed class PathRewrite
{
    private readonly PathMatcher? _match;
    private readonly byte[] _prefix;
    private readonly ByteRegex? _regex;
    private readonly RegexSubstitution? _substitution;

    private PathRewrite(PathMatcher? match, byte[] prefix, ByteRegex? regex, RegexSubstitution? substitution)
    {
        _match = match;
        _prefix = prefix;
        _regex = regex;
        _substitution = substitution;
    }

    /// <summary>Puts <paramref name="text"/> in place of what <paramref name="match"/> matched: a prefix, or the whole path.</summary>
    public static PathRewrite Prefix(PathMatcher match, string text) => new(match, Encoding.UTF8.GetBytes(text), null, null);

    /// <summary>Replaces all matches of <paramref name="regex"/>.</summary>
    public static PathRewrite Expression(ByteRegex regex, RegexSubstitution substitution) => new(null, [], regex, substitution);

    /// <summary>Rewrites <c>:path</c>.</summary>
    /// <param name="headers">The request.</param>
    /// <param name="keepOriginal">Keeps the old one in <c>x-envoy-original-path</c>.</param>
    /// <param name="scratch">Room to put the new path together; overwritten.</param>
    public void Apply(HeaderMap headers, bool keepOriginal, FormatWriter scratch)
    {
        if (!headers.TryGet(KnownHeader.Path, out var target))
        {
            return;
        }

        scratch.Clear();
        var path = QueryString.Split(target, out _);
        if (_match is not null)
        {
            scratch.Write(_prefix);
            scratch.Write(_match.MatchesWholePath ? default : path[Math.Min(_match.MatchedLength, path.Length)..]);
        }
        else
        {
            _regex!.Replace(path, _substitution!, scratch);
        }

        if (scratch.Length == 0)
        {
            return; // nothing left of the path: it stays as it was
        }

        scratch.Write(target[path.Length..]);
        if (keepOriginal)
        {
            headers.Set(KnownHeader.XEnvoyOriginalPath, target);
        }

        headers.Set(KnownHeader.Path, scratch.Written);
    }
}
