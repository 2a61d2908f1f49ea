using Actors.Runtime.Serialization;

namespace Actors.Runtime.Invocation;

public abstract partial class TaskRequest<TResult>
{
    /// <summary>Generated: the codec of the result.</summary>
    protected abstract Codec<TResult> ResultCodec { get; }

    /// <summary>Generated: false when nobody can change the result, so that it is handed over as it is.</summary>
    protected virtual bool CopiesResult => false;

    internal sealed override void WriteResult(ref WireWriter writer) => ResultCodec.WriteElement(ref writer, _result);

    internal sealed override void ReadResult(ref WireReader reader) => _result = ResultCodec.ReadValue(ref reader, reader.ReadElementType())!;

    internal sealed override Exception? DetachResult()
    {
        if (!CopiesResult)
        {
            return null;
        }

        try
        {
            _result = ResultCodec.CopyValue(_result, new CopyContext(Target!.Shared.Wire))!;
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }
}
