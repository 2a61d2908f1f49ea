namespace Actors.Runtime.Serialization;

/// <summary>What a reader accepts and a writer writes; checked before memory is allocated.</summary>
public sealed record SerializationLimits
{
    /// <summary>The limits of a silo.</summary>
    public static SerializationLimits Default { get; } = new();

    /// <summary>Objects and sequences within each other, at most; 1 to 500. Keeps recursion off the end of the stack.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>The longest string or blob, in bytes.</summary>
    public int MaxValueBytes { get; init; } = 128 * 1024 * 1024;

    /// <summary>The most elements of one sequence.</summary>
    public int MaxElements { get; init; } = 16 * 1024 * 1024;
}
