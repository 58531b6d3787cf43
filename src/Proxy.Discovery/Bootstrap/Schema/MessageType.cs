namespace Proxy.Discovery.Bootstrap.Schema;

/// <summary>A message of the API: its fields in the order of the table.</summary>
internal sealed class MessageType
{
    private readonly Dictionary<string, int> _byName;
    private IReadOnlyList<int[]>? _oneofs;

    public MessageType(string name, string[] categories, FieldType[] fields)
    {
        Name = name;
        Categories = categories;
        Fields = fields;
        _byName = new Dictionary<string, int>(fields.Length * 2, StringComparer.Ordinal);
        for (var i = 0; i < fields.Length; i++)
        {
            _byName[fields[i].Name] = i;
            if (fields[i].Name.Contains('_', StringComparison.Ordinal))
            {
                _byName[fields[i].JsonName] = i;
            }
        }
    }

    public string Name { get; }

    /// <summary>What the message plugs into when it is an extension.</summary>
    public string[] Categories { get; }

    public FieldType[] Fields { get; }

    /// <summary>The oneofs, each as indexes in <see cref="Fields"/>.</summary>
    public IReadOnlyList<int[]> Oneofs => _oneofs ??= [.. Fields.Index().Where(f => f.Item.Oneof is not null)
        .GroupBy(f => f.Item.Oneof, f => f.Index, StringComparer.Ordinal).Select(g => g.ToArray())];

    /// <summary>Index in <see cref="Fields"/> by original or lowerCamelCase name, or -1.</summary>
    public int IndexOf(string name) => _byName.GetValueOrDefault(name, -1);

    public FieldType? Find(string name) => IndexOf(name) is >= 0 and var i ? Fields[i] : null;
}
