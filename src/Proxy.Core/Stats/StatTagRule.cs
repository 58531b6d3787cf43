namespace Proxy.Stats;

/// <summary>
/// Takes part of a stat's name out as a tag. The pattern is compared token by token (split at dots): <c>$</c> is what is taken, alone or at the end of a
/// token; <c>*</c> is any token; <c>**</c> at the end is one token or more; a token behind <c>!</c> leaves the name too.
/// </summary>
internal sealed class StatTagRule
{
    private readonly string[] _pattern;
    private readonly bool[] _dropped;
    private readonly bool _open;
    private readonly int _taken;
    private readonly string _beforeTaken;

    public StatTagRule(string tag, string pattern)
    {
        Tag = tag;
        var tokens = pattern.Split('.');
        _open = tokens[^1] == "**";
        tokens = _open ? tokens[..^1] : tokens;
        _dropped = [.. tokens.Select(token => token.StartsWith('!'))];
        _pattern = [.. tokens.Select(token => token.TrimStart('!'))];
        _taken = Array.FindIndex(_pattern, token => token.EndsWith('$'));
        _beforeTaken = _pattern[_taken][..^1];
    }

    public string Tag { get; }

    public string FirstToken => _pattern[0];

    /// <summary>Finds the tag in a name and marks what it takes out; nothing when another rule has taken that already.</summary>
    public bool TryTake(IReadOnlyList<StatToken> tokens, StatNameCuts cuts, out string value)
    {
        value = "";
        if (!Matches(tokens))
        {
            return false;
        }

        var taken = tokens[_taken];
        value = taken.Text[_beforeTaken.Length..];
        if (value.Length == 0 || cuts.Covers(taken.End - 1))
        {
            return false;
        }

        for (var i = 0; i < _pattern.Length; i++)
        {
            if (_dropped[i] || (i == _taken && _beforeTaken.Length == 0))
            {
                cuts.Cut(tokens[i].Start, tokens[i].End + 1);
            }
        }

        if (_beforeTaken.Length > 0 && !_dropped[_taken])
        {
            cuts.Cut(taken.Start + _beforeTaken.TrimEnd('_').Length, taken.End);
        }

        return true;
    }

    private bool Matches(IReadOnlyList<StatToken> tokens)
    {
        if (_open ? tokens.Count <= _pattern.Length : tokens.Count != _pattern.Length)
        {
            return false;
        }

        for (var i = 0; i < _pattern.Length; i++)
        {
            if (i != _taken && _pattern[i] != "*" && _pattern[i] != tokens[i].Text)
            {
                return false;
            }
        }

        return tokens[_taken].Text.StartsWith(_beforeTaken, StringComparison.Ordinal);
    }
}

/// <summary>Part of a stat's name, and where it stands there.</summary>
internal readonly record struct StatToken(string Text, int Start)
{
    public int End => Start + Text.Length;
}

/// <summary>Which characters of a name go out of it.</summary>
internal sealed class StatNameCuts(string name)
{
    private readonly bool[] _cut = new bool[name.Length];

    public bool Covers(int index) => _cut[index];

    public void Cut(int start, int end) => _cut.AsSpan(start, Math.Min(end, name.Length) - start).Fill(true);

    /// <summary>What stays; a token that went from the end takes the dot before it along.</summary>
    public string Rest()
    {
        return string.Concat(name.Where((_, i) => !_cut[i])).TrimEnd('.');
    }
}
