namespace Actors.Runtime.Watch;

/// <summary>Something with calls that somebody waits for.</summary>
internal interface IOverseen
{
    /// <summary>Answers calls that are too old; false when nobody waits for anything here and it can be forgotten. On the overseer's thread.</summary>
    /// <param name="nowMs">The silo's clock.</param>
    bool Inspect(long nowMs);
}
