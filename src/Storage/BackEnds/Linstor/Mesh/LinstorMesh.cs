using Actors.Storage.BackEnds.Mesh;
using Actors.Storage.BackEnds.Rest;

namespace Actors.Storage.BackEnds.Linstor.Mesh;

/// <summary>Puts DRBD's traffic between LINSTOR's nodes onto links, by the controller's REST service. Nothing that is there is taken away.</summary>
public sealed class LinstorMesh : IStorageMesh
{
    private readonly RestService _service;
    private readonly LinstorClient _client;

    /// <param name="http">Makes the requests; the caller owns it.</param>
    /// <param name="options">Where the controller is.</param>
    /// <param name="time">The clock of time-outs.</param>
    public LinstorMesh(HttpClient http, LinstorOptions options, TimeProvider time)
    {
        _service = LinstorClient.Service(http, options, time);
        _client = new LinstorClient(_service);
    }

    /// <inheritdoc/>
    public Task<MeshPlan> PlanAsync(IReadOnlyList<MeshLink> links, CancellationToken cancellationToken) =>
        _service.CallAsync("reading nodes and connections", async () => LinstorMeshRules.Compare(links, await _client.NetworkAsync(cancellationToken)));

    /// <inheritdoc/>
    public async Task<MeshPlan> ApplyAsync(IReadOnlyList<MeshLink> links, CancellationToken cancellationToken)
    {
        var plan = await PlanAsync(links, cancellationToken);
        if (plan.Mistakes.Count > 0) return plan;
        var made = 0;
        try
        {
            foreach (var change in plan.Changes.Where(static change => change.Part == MeshPart.Interface))
            {
                await _client.SetInterfaceAsync(change.Subject, change.Setting, change.Wanted, isThere: change.Configured is not null, cancellationToken);
                made++;
            }

            // All of a connection at once: a path with one end would be none.
            foreach (var connection in plan.Changes.Where(static change => change.Part != MeshPart.Interface).GroupBy(static change => change.Subject))
            {
                var props = connection.Select(static change => KeyValuePair.Create(change.Setting, change.Wanted)).ToList();
                if (connection.Key == LinstorMeshRules.Controller)
                {
                    await _client.SetControllerAsync(props, cancellationToken);
                }
                else
                {
                    var nodes = connection.Key.Split('~');
                    await _client.SetConnectionAsync(nodes[0], nodes[1], props, cancellationToken);
                }

                made += props.Count;
            }
        }
        catch (Exception failure) when (failure is RestRefusal or BackEndException)
        {
            throw new BackEndException($"{made} of {plan.Changes.Count} changes were made, and then: {failure.Message}. Apply it again when that is mended", isPermanent: failure is RestRefusal, failure);
        }

        return plan;
    }
}
