using Actors.Storage.BackEnds;
using Actors.Storage.BackEnds.Mesh;

namespace Actors.Grains.Storage;

/// <summary>Puts the storage system's own traffic onto the links of the options. Safe to use from any thread.</summary>
/// <param name="settings">The links.</param>
/// <param name="mesh">The storage system; null: the back end has none that could.</param>
public sealed class LinkMesh(TieringSettings settings, IStorageMesh? mesh)
{
    private const string None = "only the back end linstor has a mesh of its own: of the others no traffic goes over links by their settings";

    private IReadOnlyList<MeshLink> Links =>
        [.. settings.Links.Select(static link => new MeshLink(link.Name, link.First, link.FirstAddress, link.Second, link.SecondAddress, link.Profile))];

    /// <summary>What would be changed.</summary>
    /// <exception cref="BackEndException">There is no such storage system, or it did not answer.</exception>
    public Task<MeshPlan> PlanAsync(CancellationToken token) => Mesh.PlanAsync(Links, token);

    /// <summary>Changes it.</summary>
    /// <returns>What was changed; nothing when it has mistakes.</returns>
    /// <exception cref="BackEndException">There is no such storage system, it refused, or did not answer; a part may have been changed.</exception>
    public Task<MeshPlan> ApplyAsync(CancellationToken token) => Mesh.ApplyAsync(Links, token);

    private IStorageMesh Mesh => mesh ?? throw new BackEndException(None, isPermanent: true);
}
