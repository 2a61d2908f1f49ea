using Actors.Grains.Work;
using Actors.Silo.Options;
using Orleans;
using Orleans.Runtime;

namespace Actors.Member.Errands;

/// <summary>Takes for ever on the silo where it was begun; another silo that is woken ends it, and prints that.</summary>
[GrainType("member.errand")]
public sealed class ErrandGrain([PersistentState("errand")] IPersistentState<ErrandState> errand, SiloOptions silo) : Grain, IErrandGrain, IWakeable
{
    /// <inheritdoc/>
    public async Task<int> Begin()
    {
        (errand.State.IsOpen, errand.State.BegunAt) = (true, silo.NodeId);
        await errand.WriteStateAsync();
        return silo.NodeId;
    }

    /// <inheritdoc/>
    public async Task Wake()
    {
        if (!errand.State.IsOpen || errand.State.BegunAt == silo.NodeId) return;
        errand.State.IsOpen = false;
        await errand.WriteStateAsync();
        await Console.Out.WriteLineAsync($"Errand {this.GetPrimaryKeyString()} has ended.");
    }
}
