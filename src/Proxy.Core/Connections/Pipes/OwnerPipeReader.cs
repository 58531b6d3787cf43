using System.IO.Pipelines;

namespace Proxy.Connections.Pipes;

/// <summary>A reader that says when its user is done with it, which the writing side of a pipe learns only when it writes again.</summary>
internal sealed class OwnerPipeReader : PipeReader
{
    private readonly PipeReader _reader;
    private readonly Action<Exception?> _completed;

    public OwnerPipeReader(PipeReader reader, Action<Exception?> completed)
    {
        _reader = reader;
        _completed = completed;
    }

    public override void AdvanceTo(SequencePosition consumed) => _reader.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _reader.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => _reader.CancelPendingRead();

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => _reader.ReadAsync(cancellationToken);

    public override bool TryRead(out ReadResult result) => _reader.TryRead(out result);

    public override void Complete(Exception? exception = null)
    {
        _reader.Complete(exception);
        _completed(exception);
    }
}
