namespace Actors.Runtime.Serialization;

/// <summary>An exception of the class library, without members beyond those of <see cref="Exception"/>.</summary>
internal sealed class PlainExceptionCodec<T> : ObjectCodec<T>
    where T : Exception
{
    internal PlainExceptionCodec()
        : base(typeof(T).FullName!, immutable: true)
    {
    }

    /// <inheritdoc />
    protected override T Create() => ExceptionLevel.Create<T>();

    /// <inheritdoc />
    protected override void WriteMembers(ref WireWriter writer, T value) => ExceptionLevel.WriteChain(ref writer, value);

    /// <inheritdoc />
    protected override bool ReadMembers(ref WireReader reader, ref T value) => ExceptionLevel.ReadChain(ref reader, value);

    /// <inheritdoc />
    protected override void CopyMembers(T from, ref T to, in CopyContext context) => to = from;
}
