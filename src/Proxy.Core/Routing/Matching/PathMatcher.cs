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

    private PathMatcher(PathMatchKind kind, byte[] path, ByteRegex? regex, UriTemplate? template, bool ignoreCase)
    {
        Kind = kind;
        Template = template;
        _path = path;
        _regex = regex;
        _ignoreCase = ignoreCase;
    }

    public PathMatchKind Kind { get; }

    /// <summary>The template, whose variables a rewrite may use; null for other kinds.</summary>
    public UriTemplate? Template { get; }

    /// <summary>Bytes of a prefix or path, for an index.</summary>
    public byte[] Path => _path;

    /// <summary>True when ASCII letters are the same in both cases.</summary>
    public bool IgnoreCase => _ignoreCase;

    /// <summary>Bytes that are the same in every path matched: what <c>prefix_rewrite</c> puts another text in place of. 0 stands for the whole path.</summary>
    public int MatchedLength => _path.Length;

    /// <summary>True when a rewrite replaces the whole path.</summary>
    public bool MatchesWholePath => Kind is PathMatchKind.Regex or PathMatchKind.Exact or PathMatchKind.Template;

    /// <summary>Compiles the path part of <paramref name="config"/>, adding faults.</summary>
    public static PathMatcher Compile(RouteMatchConfig config, string path, FaultList faults)
    {
        ByteRegex? regex = null;
        UriTemplate? template = null;
        switch (config.Kind)
        {
            case PathMatchKind.Regex:
                regex = ByteRegex.Compile(config.Path, $"{path}.safe_regex", faults);
                break;
            case PathMatchKind.Template:
                template = UriTemplate.Compile(config.Path, $"{path}.path_match_policy.path_template", faults);
                regex = template?.Regex;
                break;
            case PathMatchKind.SeparatedPrefix when config.Path is not ['/', .., not '/'] || config.Path.AsSpan().ContainsAny('?', '#'):
                faults.Add($"{path}.path_separated_prefix", "must start with a slash, not end with one, and have neither ? nor #");
                break;
        }

        return new PathMatcher(config.Kind, Encoding.UTF8.GetBytes(config.Path), regex, template, !config.CaseSensitive);
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
            PathMatchKind.Regex or PathMatchKind.Template => _regex!.IsMatch(path),
            _ => false,
        };
    }

    private bool Same(ReadOnlySpan<byte> path) => _ignoreCase ? AsciiBytes.EqualsIgnoreCase(path, _path) : path.SequenceEqual(_path);
}
