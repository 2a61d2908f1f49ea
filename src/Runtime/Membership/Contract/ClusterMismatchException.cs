namespace Actors.Membership;

/// <summary>A membership table was asked about a cluster that is not the one it holds.</summary>
public sealed class ClusterMismatchException : Exception
{
    /// <param name="asked">The cluster that was asked for.</param>
    /// <param name="held">The cluster that the table holds; null when it holds none.</param>
    public ClusterMismatchException(string asked, string? held)
        : base(held is null
            ? $"The membership table holds no cluster yet, so not '{asked}' either: start a silo that may make it."
            : $"The membership table holds the cluster '{held}', not '{asked}'. A store belongs to one cluster: correct the cluster's name, or choose another store.")
    {
        Asked = asked;
        Held = held;
    }

    /// <summary>The cluster that was asked for.</summary>
    public string Asked { get; }

    /// <summary>The cluster that the table holds; null when it holds none.</summary>
    public string? Held { get; }
}
