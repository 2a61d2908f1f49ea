namespace Actors.Grains.Partitions;

/// <summary>What a replica does with requests.</summary>
public enum ReplicaState
{
    /// <summary>Takes appends and serves fetches.</summary>
    Leading,

    /// <summary>Its disk has failed: what is durable can be read, nothing is taken or acknowledged any more.</summary>
    Failed,

    /// <summary>Its owner has closed it; clients are sent elsewhere.</summary>
    Closed,
}
