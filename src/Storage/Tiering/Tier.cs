namespace Actors.Storage.Tiering;

/// <summary>Where a volume lies.</summary>
public enum Tier
{
    /// <summary>In pools of no tier of its policy, or of several.</summary>
    None,

    /// <summary>In pools of the cold tier.</summary>
    Cold,

    /// <summary>In pools of the warm tier.</summary>
    Warm,

    /// <summary>In pools of the hot tier.</summary>
    Hot,
}
