namespace Proxy.Discovery.Bootstrap.Schema;

/// <summary>A message of the API: its fields in the order of the table.</summary>
internal sealed class MessageType
{
    private readonly Dictionary<string, int> _byName;
    private Dictionary<string, int>? _byJsonName;
    private List<int[]>? _oneofs;

    public MessageType(string name, string[] categories, FieldType[] fields)
    {
        Name = name;
        Categories = categories;
        Fields = fields;
        _byName = new Dictionary<string, int>(fields.Length, StringComparer.Ordinal);
        for (var i = 0; i < fields.Length; i++)
        {
            _byName[fields[i].Name] = i;
        }
    }

    public string Name { get; }

    /// <summary>What the message plugs into when it is an extension.</summary>
    public string[] Categories { get; }

    public FieldType[] Fields { get; }

    /// <summary>The oneofs, each as indexes in <see cref="Fields"/>.</summary>
    public List<int[]> Oneofs => _oneofs ??= FindOneofs();

    /// <summary>Index in <see cref="Fields"/> by original or lowerCamelCase name, or -1.</summary>
    public int IndexOf(string name) => _byName.TryGetValue(name, out var index) ? index : JsonNames.GetValueOrDefault(name, -1);

    public FieldType? Find(string name) => IndexOf(name) is >= 0 and var i ? Fields[i] : null;

    // Most texts use the original names only.
    private Dictionary<string, int> JsonNames
    {
        get
        {
            if (_byJsonName is null)
            {
                var names = new Dictionary<string, int>(Fields.Length, StringComparer.Ordinal);
                for (var i = 0; i < Fields.Length; i++)
                {
                    names[Fields[i].JsonName] = i;
                }

                _byJsonName = names;
            }

            return _byJsonName;
        }
    }

    private List<int[]> FindOneofs()
    {
        var oneofs = new List<int[]>();
        for (var i = 0; i < Fields.Length; i++)
        {
            var name = Fields[i].Oneof;
            if (name is not null && Array.FindIndex(Fields, f => f.Oneof == name) == i)
            {
                var indexes = new List<int>();
                for (var j = i; j < Fields.Length; j++)
                {
                    if (Fields[j].Oneof == name)
                    {
                        indexes.Add(j);
                    }
                }

                oneofs.Add([.. indexes]);
            }
        }

        return oneofs;
    }
}
