using System.Buffers.Binary;
using System.Text;
using Proxy.Http;

namespace Proxy.Clusters.Health;

/// <summary>The two messages of <c>grpc.health.v1</c>, in their wire form: <c>HealthCheckRequest { string service = 1 }</c> and <c>HealthCheckResponse { enum status = 1 }</c>.</summary>
internal static class GrpcHealthMessages
{
    /// <summary>Bytes of an answer that are read; a longer one is none.</summary>
    public const int MaxAnswerLength = 1024;

    private const int ServiceTag = (1 << 3) | 2;
    private const int StatusTag = 1 << 3;
    private const ulong Serving = 1;

    /// <summary>A request with what gRPC puts in front of it.</summary>
    /// <param name="service">Name of the service that is asked for; empty for the server as a whole.</param>
    public static byte[] Request(string service)
    {
        var name = Encoding.UTF8.GetBytes(service);
        List<byte> message = [];
        if (name.Length > 0)
        {
            message.Add(ServiceTag);
            for (var left = (uint)name.Length; ; left >>= 7)
            {
                message.Add((byte)(left < 0x80 ? left : left | 0x80));
                if (left < 0x80)
                {
                    break;
                }
            }

            message.AddRange(name);
        }

        var frame = new byte[GrpcFrames.HeaderLength + message.Count];
        GrpcFrames.WriteHeader(frame, 0, message.Count);
        message.CopyTo(frame, GrpcFrames.HeaderLength);
        return frame;
    }

    /// <summary>What an answer says, as far as it has come.</summary>
    public static GrpcHealthAnswer Read(ReadOnlySpan<byte> body)
    {
        var answer = GrpcHealthAnswer.None;
        while (body.Length >= GrpcFrames.HeaderLength)
        {
            var flags = body[0];
            var length = BinaryPrimitives.ReadUInt32BigEndian(body[1..]);
            body = body[GrpcFrames.HeaderLength..];
            if (flags != 0 || length > MaxAnswerLength)
            {
                return GrpcHealthAnswer.Broken;
            }

            if (length > body.Length)
            {
                return answer;
            }

            // As in Envoy, an empty message is none, and a second one is one too many.
            if (length > 0)
            {
                if (answer != GrpcHealthAnswer.None)
                {
                    return GrpcHealthAnswer.Broken;
                }

                answer = ReadMessage(body[..(int)length]);
            }

            body = body[(int)length..];
        }

        return answer;
    }

    private static GrpcHealthAnswer ReadMessage(ReadOnlySpan<byte> message)
    {
        var answer = GrpcHealthAnswer.NotServing;
        while (!message.IsEmpty)
        {
            if (!TryReadNumber(ref message, out var tag) || !TryReadNumber(ref message, out var value))
            {
                return GrpcHealthAnswer.Broken;
            }

            switch (tag & 7)
            {
                case 0:
                    answer = tag != StatusTag ? answer : value == Serving ? GrpcHealthAnswer.Serving : GrpcHealthAnswer.NotServing;
                    break;
                case 2 when value <= (ulong)message.Length:
                    message = message[(int)value..];
                    break;
                default:
                    return GrpcHealthAnswer.Broken; // the message has nothing of a fixed length
            }
        }

        return answer;
    }

    private static bool TryReadNumber(ref ReadOnlySpan<byte> data, out ulong value)
    {
        value = 0;
        for (var i = 0; i < data.Length && i < 10; i++)
        {
            value |= (ulong)(data[i] & 0x7F) << (7 * i);
            if (data[i] < 0x80)
            {
                data = data[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}

/// <summary>What a host says of a service.</summary>
internal enum GrpcHealthAnswer
{
    /// <summary>Nothing yet.</summary>
    None,

    /// <summary>It serves.</summary>
    Serving,

    /// <summary>It does not, or does not know the service.</summary>
    NotServing,

    /// <summary>It is no answer.</summary>
    Broken,
}
