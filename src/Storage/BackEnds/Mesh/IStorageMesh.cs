namespace Actors.Storage.BackEnds.Mesh;

/// <summary>A storage system whose own traffic between nodes can be put onto the links that the options name.</summary>
/// <remarks>Safe for callers on many threads.</remarks>
public interface IStorageMesh
{
    /// <summary>Compares what the links want with what is configured; nothing is changed.</summary>
    /// <exception cref="BackEndException">It did not answer, or with something else.</exception>
    Task<MeshPlan> PlanAsync(IReadOnlyList<MeshLink> links, CancellationToken cancellationToken);

    /// <summary>Compares, and makes the changes in their order; none when there are mistakes. Doing it again does no harm.</summary>
    /// <returns>What was changed.</returns>
    /// <exception cref="BackEndException">It refused, or did not answer; a part of the changes may have been made, and the message says how many.</exception>
    Task<MeshPlan> ApplyAsync(IReadOnlyList<MeshLink> links, CancellationToken cancellationToken);
}
