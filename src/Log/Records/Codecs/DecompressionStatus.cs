namespace Actors.Log;

/// <summary>How a step of decompression went.</summary>
internal enum DecompressionStatus
{
    /// <summary>Bytes came out; there may be more.</summary>
    More = 0,

    /// <summary>Nothing came out: the stream has ended as it should.</summary>
    End,

    /// <summary>The input is cut short or not what it claims to be.</summary>
    Corrupt,

    /// <summary>The output would exceed the limit.</summary>
    TooLarge,
}
