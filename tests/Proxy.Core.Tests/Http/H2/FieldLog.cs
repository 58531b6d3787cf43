using System.Text;
using Proxy.Http;
using Proxy.Http.H2.Hpack;

namespace Proxy.Core.Tests.Http.H2;

/// <summary>Writes down the fields of blocks.</summary>
internal sealed class FieldLog : IFieldSink
{
    private readonly List<string> _fields = [];

    public string Take()
    {
        var text = string.Join('|', _fields);
        _fields.Clear();
        return text;
    }

    public void OnField(KnownHeader id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (id != KnownHeader.None)
        {
            KnownHeaders.NameOf(id).SequenceEqual(name).Should().BeTrue();
        }

        _fields.Add($"{Encoding.Latin1.GetString(name)}: {Encoding.Latin1.GetString(value)}");
    }
}
