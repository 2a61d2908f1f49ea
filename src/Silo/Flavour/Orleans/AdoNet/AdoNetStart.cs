using Actors.Silo.Stores.PostgreSql;
using Orleans;
using Orleans.Runtime;

namespace Actors.Silo.Flavour.AdoNet;

/// <summary>Makes Orleans' tables as the first thing that the silo does: its membership and its storage read their queries from them.</summary>
/// <param name="database">Where.</param>
/// <param name="clusterId">The cluster that the database holds.</param>
internal sealed class AdoNetStart(PostgreSqlDatabase database, string clusterId) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(AdoNetStart), ServiceLifecycleStage.First, token => AdoNetTables.PrepareAsync(database, clusterId, token));
}
