namespace Proxy.Discovery.Bootstrap.Schema;

/// <summary>An enum of the API.</summary>
internal sealed class EnumType
{
    private readonly Dictionary<string, int> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<int, string> _byNumber = [];

    public EnumType(string name, (int Number, string Name)[] values)
    {
        Name = name;
        foreach (var (number, value) in values)
        {
            _byName[value] = number;
            _byNumber.TryAdd(number, value);
        }
    }

    public string Name { get; }

    public IEnumerable<string> ValueNames => _byNumber.Values;

    /// <summary>Finds a value by name, in any case as Envoy does.</summary>
    public bool TryNumber(string name, out int number) => _byName.TryGetValue(name, out number);

    public string? NameOf(int number) => _byNumber.GetValueOrDefault(number);
}
