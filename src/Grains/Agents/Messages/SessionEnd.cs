namespace Actors.Grains.Agents;

/// <summary>How a connection has ended.</summary>
public enum SessionEnd
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>It broke, or was closed by the silo.</summary>
    Broken,

    /// <summary>The peer said goodbye.</summary>
    Goodbye,
}
