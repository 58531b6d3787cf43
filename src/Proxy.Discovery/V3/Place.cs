using System.Globalization;

namespace Proxy.Discovery.V3;

/// <summary>Where in a message a translator stands; becomes text, or a position, only when a fault needs it.</summary>
internal sealed class Place
{
    private readonly Place? _parent;
    private readonly string _name;
    private readonly int _index;

    private Place(Place? parent, string name, int index)
    {
        _parent = parent;
        _name = name;
        _index = index;
    }

    public static Place Root { get; } = new(null, "", -1);

    public Place Field(string name) => new(this, name, -1);

    public Place Item(int index) => new(this, "", index);

    public Place Key(string key) => new(this, $"[{key}]", -1);

    /// <summary>The steps from the root: a field's name, <c>[key]</c> or <c>[index]</c>.</summary>
    public IReadOnlyList<string> Steps()
    {
        var steps = new List<string>();
        for (var place = this; place._parent is not null; place = place._parent)
        {
            steps.Add(place._index >= 0 ? string.Create(CultureInfo.InvariantCulture, $"[{place._index}]") : place._name);
        }

        steps.Reverse();
        return steps;
    }

    public override string ToString() => string.Concat(Steps().Select((s, i) => i == 0 || s.StartsWith('[') ? s : "." + s));
}
