using Orleans;

namespace Actors.Grains.Topics;

/// <summary>The one place of the cluster that decides which topics exist and where their partitions lie.</summary>
[Alias("actors.controller")]
public interface IControllerGrain : IGrainWithStringKey
{
    /// <summary>The key of the only controller.</summary>
    const string Key = "controller";

    /// <summary>Creates topics. When the answer leaves, the catalog of every node that answered has them and their leaders can be opened.</summary>
    [Alias("create")]
    Task<CreateTopicsAnswer> CreateTopics(CreateTopicsCommand command);

    /// <summary>Deletes topics with their records. When the answer leaves, the catalog of every node that answered has forgotten them.</summary>
    [Alias("delete")]
    Task<DeleteTopicsAnswer> DeleteTopics(DeleteTopicsCommand command);
}
