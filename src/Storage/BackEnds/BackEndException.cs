namespace Actors.Storage.BackEnds;

/// <summary>A back end refused something or did not answer.</summary>
/// <param name="message">What happened and what to do, with the volume's or pool's name.</param>
/// <param name="isPermanent">Whether trying again is of no use, as when the pool is full.</param>
/// <param name="inner">What lies behind it.</param>
public sealed class BackEndException(string message, bool isPermanent, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether trying again is of no use.</summary>
    public bool IsPermanent { get; } = isPermanent;
}
