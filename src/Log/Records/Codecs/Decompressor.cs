namespace Actors.Log;

/// <summary>Decompresses one input in steps, up to a limit that the input cannot move.</summary>
/// <remarks>
/// Used by one thread at a time. The input is memory that the caller keeps pinned from <see cref="Start"/> until
/// <see cref="Finish"/>. After any answer but More the next call is <see cref="Finish"/>; then the object can start again.
/// </remarks>
internal abstract unsafe class Decompressor : IDisposable
{
    /// <summary>What <see cref="ReadCore"/> answers when the input is damaged.</summary>
    protected const int CorruptInput = -1;

    /// <summary>What <see cref="ReadCore"/> answers when a part that must be decompressed whole is larger than the limit.</summary>
    protected const int LimitExceeded = -2;

    private long _left;

    /// <summary>Bytes that may still come out.</summary>
    protected long LeftBytes => _left;

    /// <summary>Whether the object holds so much memory that it should not be kept for the next input.</summary>
    public virtual bool IsOversized => false;

    /// <summary>Takes an input.</summary>
    /// <param name="maxOutputBytes">Most bytes that may come out.</param>
    public void Start(byte* input, int length, long maxOutputBytes)
    {
        _left = maxOutputBytes;
        StartCore(input, length);
    }

    /// <summary>Decompresses the next bytes into <paramref name="output"/>, which is not empty.</summary>
    /// <param name="written">Bytes that came out: more than 0 when the answer is More, else 0.</param>
    public DecompressionStatus Read(Span<byte> output, out int written)
    {
        written = 0;
        int count = ReadCore(output);
        if (count <= 0)
            return count == 0 ? DecompressionStatus.End : count == LimitExceeded ? DecompressionStatus.TooLarge : DecompressionStatus.Corrupt;
        if (count > _left)
            return DecompressionStatus.TooLarge;
        _left -= count;
        written = count;
        return DecompressionStatus.More;
    }

    /// <summary>Lets go of the input.</summary>
    public virtual void Finish()
    {
    }

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Takes an input and forgets the one before.</summary>
    protected abstract void StartCore(byte* input, int length);

    /// <summary>Bytes written to <paramref name="output"/>; 0 at the end; <see cref="CorruptInput"/> or <see cref="LimitExceeded"/>.</summary>
    protected abstract int ReadCore(Span<byte> output);
}
