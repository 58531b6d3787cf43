using Proxy.Configuration;

namespace Proxy.Discovery.Xds.Names;

/// <summary>A resource's name that is a URI: <c>xdstp://AUTHORITY/TYPE/ID?KEY=VALUE&amp;…</c>. Immutable.</summary>
/// <remarks>Two names are the same when their canonical forms are: parameters sorted, escapes where they have to be and nowhere else.</remarks>
internal sealed class XdsName
{
    /// <summary>Why a text that begins as such a name is none.</summary>
    public const string Fault = "is no xdstp:// name: no type of resource follows the authority";

    private const string Scheme = "xdstp:";
    private const string Start = "xdstp://";
    private const string AnyId = "*";

    private XdsName(string authority, string type, string id, IReadOnlyDictionary<string, string> context)
    {
        Authority = authority;
        Type = type;
        Id = id;
        Context = context;
    }

    /// <summary>Who names the resource; may be empty.</summary>
    public string Authority { get; }

    /// <summary>Full name of its message.</summary>
    public string Type { get; }

    /// <summary>Its name in that type, with the slashes of a path; may be empty.</summary>
    public string Id { get; }

    /// <summary>Parameters by key.</summary>
    public IReadOnlyDictionary<string, string> Context { get; }

    /// <summary>Whether a name claims to be one.</summary>
    public static bool IsOne(string name) => name.StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>Whether a name stands for all of a folder (<c>…/*</c>).</summary>
    public static bool IsGlob(string name) => TryParse(name) is { } parsed && parsed.Id == parsed.Folder + AnyId;

    /// <summary>Reads a name; null when it is none.</summary>
    public static XdsName? TryParse(string text)
    {
        if (!text.StartsWith(Start, StringComparison.Ordinal))
        {
            return null;
        }

        var slash = text.IndexOf('/', Start.Length);
        var query = slash < 0 ? -1 : text.IndexOf('?', slash);
        var path = slash < 0 ? "" : text[(slash + 1)..(query < 0 ? text.Length : query)];
        var afterType = path.IndexOf('/', StringComparison.Ordinal);
        var type = afterType < 0 ? path : path[..afterType];
        return type.Length == 0
            ? null
            : new XdsName(
                PercentEncoding.Decode(text[Start.Length..slash]),
                type,
                PercentEncoding.Decode(afterType < 0 ? "" : path[(afterType + 1)..]),
                ContextParameters.Parse(query < 0 ? "" : text[(query + 1)..]));
    }

    /// <summary>Refuses what begins as such a name and is none.</summary>
    /// <exception cref="ConfigException">It is malformed.</exception>
    public static void Check(string name)
    {
        if (IsOne(name) && TryParse(name) is null)
        {
            throw new ConfigException(name, Fault);
        }
    }

    /// <summary>The form in which a name is asked for and compared. What is no such name is as it is: clients can bring names too, for what is found on demand.</summary>
    public static string Canonical(string name) => TryParse(name)?.ToString() ?? name;

    /// <summary>The canonical name of the collection that has everything of the folder of <paramref name="name"/>; null for a name that is in none.</summary>
    public static string? GlobOf(string name) =>
        TryParse(name) is { } parsed ? new XdsName(parsed.Authority, parsed.Type, parsed.Folder + AnyId, parsed.Context).ToString() : null;

    /// <summary>The same with other parameters.</summary>
    public XdsName With(IReadOnlyDictionary<string, string> context) => new(Authority, Type, Id, context);

    /// <summary>The canonical form.</summary>
    public override string ToString()
    {
        var id = PercentEncoding.Encode(Id, "%?#[]");
        return $"{Start}{PercentEncoding.Encode(Authority, "%/?#")}/{Type}{(id.Length > 0 ? "/" : "")}{id}{ContextParameters.Format(Context)}";
    }

    // With its last slash; empty when there is none.
    private string Folder => Id[..(Id.LastIndexOf('/') + 1)];
}
