using System.Globalization;
using System.Text;

namespace Proxy.Discovery.Bootstrap.Messages;

/// <summary>Where a walk through a configuration stands; its text is made only when a fault needs it.</summary>
internal sealed class FieldPath
{
    private readonly List<Segment> _segments = [];

    public void Push(string name) => _segments.Add(new Segment(name, -1, false));

    public void PushIndex(int index) => _segments.Add(new Segment("", index, false));

    public void PushKey(string key) => _segments.Add(new Segment(key, -1, true));

    public void Pop() => _segments.RemoveAt(_segments.Count - 1);

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var segment in _segments)
        {
            if (segment.Index >= 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"[{segment.Index}]");
            }
            else if (segment.IsKey)
            {
                text.Append(CultureInfo.InvariantCulture, $"[{segment.Name}]");
            }
            else
            {
                text.Append(text.Length == 0 ? "" : ".").Append(segment.Name);
            }
        }

        return text.ToString();
    }

    /// <summary>The text of this path with one field more.</summary>
    public string With(string name) => ToString() is { Length: > 0 } path ? $"{path}.{name}" : name;

    private readonly record struct Segment(string Name, int Index, bool IsKey);
}
