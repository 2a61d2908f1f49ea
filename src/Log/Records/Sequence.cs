namespace Actors.Log;

/// <summary>Arithmetic on producers' sequence numbers, which count from 0 to 2^31-1 and then from 0 again.</summary>
public static class Sequence
{
    /// <summary>The sequence <paramref name="count"/> records after <paramref name="sequence"/>; both are 0 or more.</summary>
    public static int Add(int sequence, int count) => (int)(((long)sequence + count) & int.MaxValue);
}
