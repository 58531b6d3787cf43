using System.Text;
using Proxy.Discovery.Bootstrap.Messages;
using Proxy.Discovery.Bootstrap.Schema;

namespace Proxy.Discovery.V3.Dump;

/// <summary>Blanks the secrets of a message out, as <see cref="MessageJsonWriter"/> does, and leaves it a message.</summary>
/// <remarks>Secret texts and bytes say so, other secrets are left out, and so is what the schema does not know: that may be one.</remarks>
internal sealed class MessageRedactor
{
    private readonly WireWriter _wire = new();
    private int _secret;

    private MessageRedactor()
    {
    }

    /// <summary>The message without its secrets.</summary>
    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    public static ReadOnlyMemory<byte> Redact(ReadOnlyMemory<byte> message, string typeName)
    {
        var redactor = new MessageRedactor();
        redactor.WriteFields(message, ApiSchema.Message(typeName));
        return redactor._wire.Written;
    }

    private void WriteFields(ReadOnlyMemory<byte> message, MessageType type)
    {
        foreach (var value in WireReader.Read(message))
        {
            if (Find(type, value.Number) is not { } field)
            {
                continue;
            }

            _secret += field.IsSensitive ? 1 : 0;
            if (field.IsMap)
            {
                WriteEntry(field, value);
            }
            else
            {
                WriteValue(field.Number, field, value);
            }

            _secret -= field.IsSensitive ? 1 : 0;
        }
    }

    private static FieldType? Find(MessageType type, int number)
    {
        foreach (var field in type.Fields)
        {
            if (field.Number == number)
            {
                return field;
            }
        }

        return null;
    }

    private void WriteEntry(FieldType field, WireField entry)
    {
        var start = _wire.Begin(field.Number);
        foreach (var part in WireReader.Read(entry.Bytes))
        {
            if (part.Number == 2)
            {
                WriteValue(2, field, part);
            }
            else
            {
                WritePlain(1, field.KeyKind, part);
            }
        }

        _wire.End(start);
    }

    private void WriteValue(int number, FieldType field, WireField value)
    {
        switch (field.Kind)
        {
            case FieldKind.Message:
                var start = _wire.Begin(number);
                WriteFields(value.Bytes, ApiSchema.Message(field.TypeName));
                _wire.End(start);
                break;
            case FieldKind.String or FieldKind.Bytes when _secret > 0:
                _wire.BytesField(number, "[redacted]"u8);
                break;
            case var _ when _secret > 0:
                break;
            case FieldKind.Any:
                WriteAny(number, value.Bytes);
                break;
            default:
                WritePlain(number, field.Kind, value);
                break;
        }
    }

    private void WriteAny(int number, ReadOnlyMemory<byte> any)
    {
        var parts = WireReader.Read(any);
        var url = parts.LastOrDefault(static part => part.Number == 1).Bytes;
        var content = parts.LastOrDefault(static part => part.Number == 2).Bytes;
        var name = Encoding.UTF8.GetString(url.Span);
        var start = _wire.Begin(number);
        _wire.BytesField(1, url.Span);
        if (ApiSchema.FindMessage(name[(name.LastIndexOf('/') + 1)..]) is { } type)
        {
            WriteContent(content, type);
        }

        _wire.End(start);
    }

    private void WriteContent(ReadOnlyMemory<byte> content, MessageType type)
    {
        if (WellKnownTypes.KindOf(type.Name) != FieldKind.Message)
        {
            _wire.BytesField(2, content.Span);
            return;
        }

        var inner = _wire.Begin(2);
        WriteFields(content, type);
        _wire.End(inner);
    }

    private void WritePlain(int number, FieldKind kind, WireField value)
    {
        if (value.IsBytes)
        {
            _wire.BytesField(number, value.Bytes.Span);
            return;
        }

        switch (kind)
        {
            case FieldKind.Double:
                _wire.DoubleField(number, BitConverter.UInt64BitsToDouble(value.Value));
                break;
            case FieldKind.Float:
                _wire.FloatField(number, BitConverter.UInt32BitsToSingle((uint)value.Value));
                break;
            default:
                _wire.VarintField(number, value.Value);
                break;
        }
    }
}
