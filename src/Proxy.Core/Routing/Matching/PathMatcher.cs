using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Http;

namespace Proxy.Routing.Matching;

/// <summary>A compiled condition on the path, the query left out. Immutable; compares bytes.</summary>
internal sealed class PathMatcher
{
    private readonly byte[] _path;
    private readonly ByteRegex? _regex;
    private readonly bool _ignoreCase;

    private PathMatcher(PathMatchKind kind, byte[] path, ByteRegex? regex, bool ignoreCase)
    {
        Kind = kind;
        _path = path;
        _regex = regex;
        _ignoreCase = ignoreCase;
    }

    public PathMatchKind Kind { get; }

    /// <summary>Bytes that are the same in every path matched: what <c>prefix_rewrite</c> puts another text in place of. 0 stands for the whole path.</summary>
    public int MatchedLength => _path.Length;

    /// <summary>True when a rewrite replaces the whole path.</summary>
    public bool MatchesWholePath => Kind is PathMatchKind.Regex or PathMatchKind.Exact;

    /// <summary>Compiles the path part of <paramref name="config"/>, adding faults.</summary>
    public static PathMatcher Compile(RouteMatchConfig config, string path, FaultList faults)
    {
        ByteRegex? regex = null;
        switch (config.Kind)
        {
            case PathMatchKind.Regex:
                regex = ByteRegex.Compile(config.Path, $"{path}.safe_regex", faults);
                break;
            case PathMatchKind.SeparatedPrefix when config.Path is not ['/', .., not '/'] || config.Path.AsSpan().ContainsAny('?', '#'):
                faults.Add($"{path}.path_separated_prefix", "must start with a slash, not end with one, and have neither ? nor #");
                break;
        }

        return new PathMatcher(config.Kind, Encoding.UTF8.GetBytes(config.Path), regex, !config.CaseSensitive);
    }

    /// <summary>True when <paramref name="path"/>, which has no query, fulfils the condition.</summary>
    public bool Matches(ReadOnlySpan<byte> path)
    {
        return Kind switch
        {
            PathMatchKind.Prefix => path.Length >= _path.Length && Same(path[.._path.Length]),
            PathMatchKind.Exact => Same(path),
            PathMatchKind.SeparatedPrefix => path.Length >= _path.Length
                && (path.Length == _path.Length || path[_path.Length] == (byte)'/')
                && Same(path[.._path.Length]),
            PathMatchKind.Regex => _regex!.IsMatch(path),
            _ => false,
        };
    }

    private bool Same(ReadOnlySpan<byte> path) => _ignoreCase ? AsciiBytes.EqualsIgnoreCase(path, _path) : path.SequenceEqual(_path);
}
