namespace Actors.Runtime.Cluster;

/// <summary>Whether a silo may activate a grain.</summary>
internal enum Permission
{
    /// <summary>It may.</summary>
    Serve,

    /// <summary>It is the grain's home, but another silo may still have it.</summary>
    Wait,

    /// <summary>The grain's home is another silo.</summary>
    Elsewhere,
}
