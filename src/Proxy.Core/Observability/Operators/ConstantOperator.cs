using System.Text;

namespace Proxy.Observability.Operators;

/// <summary>Text that is the same for every entry.</summary>
internal sealed class ConstantOperator : FormatOperator
{
    private readonly byte[] _text;

    public ConstantOperator(string text)
    {
        _text = Encoding.UTF8.GetBytes(text);
    }

    public override bool TryWrite(in AccessLogEntry entry, FormatWriter writer)
    {
        writer.Write(_text);
        return true;
    }
}
